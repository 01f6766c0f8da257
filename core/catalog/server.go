package catalog

import (
	"fmt"
	"time"
)

// Server is what the snapshot knows about the server, the database and the session.
type Server struct {
	Now             time.Time // the server's clock when the snapshot's first statement began
	Version         int       // server_version_num, 150018
	Recovery        bool      // pg_is_in_recovery()
	Database        string
	Role            string // current_user
	Superuser       bool
	DeadlockTimeout time.Duration // deadlock_timeout
	Snapshot        string        // pg_current_snapshot() of the first statement: while it prints the same, nothing has been committed since

	// TimeZones are the TimeZone settings of the session as it began, whatever has been SET in it since, of the database and
	// of the role, where these have one; the same one may come twice.
	TimeZones []string
	// Zones are those of TimeZones that the tz database of this program knows, in their order, and OtherZones further ones of which
	// the table's bounds are midnights. Reading the catalog leaves both empty: they are for whoever plans to fill in.
	Zones, OtherZones []*time.Location
}

// oldestVersion is the first server that has DETACH CONCURRENTLY.
const oldestVersion = 140000

// Check is nil where partitions can be maintained on this server, whatever its version from 14 on; else a
// ServerTooOldError or a StandbyError.
func (s Server) Check() error {
	if err := s.CheckReading(); err != nil || !s.Recovery {
		return err
	}
	return StandbyError{}
}

// CheckReading is nil where a plan can be made, on a standby too; else a ServerTooOldError.
func (s Server) CheckReading() error {
	if s.Version < oldestVersion {
		return ServerTooOldError{Version: s.Version}
	}
	return nil
}

// ServerTooOldError is about a server before PostgreSQL 14.
type ServerTooOldError struct{ Version int }

// Error says what to do.
func (e ServerTooOldError) Error() string {
	version := fmt.Sprint(e.Version / 10000)
	if e.Version < 100000 {
		version = fmt.Sprintf("%d.%d", e.Version/10000, e.Version/100%100)
	}
	return "check server: it is PostgreSQL " + version + ", which cannot detach partitions concurrently; upgrade it to 14 or later"
}

// StandbyError is about a server in recovery: nothing can be changed there.
type StandbyError struct{}

// Error says what to do.
func (StandbyError) Error() string {
	return "check server: it is a standby, where nothing can be changed; connect to the primary (with several hosts, target_session_attrs=read-write finds it)"
}
