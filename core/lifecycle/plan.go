package lifecycle

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Plan is what must be done for one table and why. It is data: nothing in it touches a database, and all of it is exported. One
// that was built by hand, or written by encoding/json or encoding/gob and read back, does what one of MakePlan's does. Its runways
// are reckoned by Policy, Cursor, Horizon and Covered; of a Policy with a Calendar of the program's own that is left out when it is
// written, and until the program puts it back RunwayWith gives Runway as it is.
type Plan struct {
	Table    catalog.Name
	OID      uint32
	At       time.Time      // the run's only clock
	Cursor   period.Point   // what the current window holds: At, or the highest id
	Cutoff   period.Point   // what ends at or before it has expired; zero: nothing ever does
	Horizon  period.Point   // the end of the last window that must exist
	Policy   Policy         // which it was made for, with the zone of the windows
	ZoneFrom level.ZoneFrom // who says so
	Steps    []Step
	Findings []Finding
	Asks     []catalog.Ask // questions whose answers the plan depends on; answered, plan again
	Attached int           // how many partitions the table has, pending ones included
	Detached int           // how many detached ones of it are known
	Runway   Runway        // as it is before the plan is applied
	After    Runway        // as it will be when the plan has been applied

	Covered []period.Window // what attached partitions hold, in order, and those that touch as one

	// StrangeEdges are edges of existing windows of which it would help to know which zone they are midnights of: they are midnights
	// of none of the zones that the server named. Who may read the tz database puts those of period.KnownZones that fit into the
	// table's Server.OtherZones and plans again; MakePlan reads no file. Mostly there are none.
	StrangeEdges []period.Point
}

// Zone is that of the windows, UTC where nobody says another.
func (p Plan) Zone() *time.Location {
	if p.Policy.Zone == nil {
		return time.UTC
	}
	return p.Policy.Zone
}

// Step is one transaction, or one statement outside any, and the unit of retry.
type Step struct {
	Operations []Operation     // what is done when the step is done, in order
	Prepares   []string        // IDs of operations of later steps that this one prepares; they fail with it
	Statements []ddl.Statement // beside those of the operations, before them
	Undo       []ddl.Statement // to run, in a transaction, when this step or an operation that it prepares has failed for good
	Retires    bool            // part of retirement, which runs after the creation of every table and takes its lock step by step
	Quiet      bool            // nothing depends on it: that it fails is nobody's failure, and the next run tries again
	Outside    bool            // its one statement must run outside any transaction (DETACH CONCURRENTLY)
	Role       string          // with Outside: SET ROLE to it and back; in a transaction the statements say it
	Patient    bool            // only we wait here: lock_timeout is deadlock_timeout + 1 s, so that an autovacuum steps aside
	Unqueued   bool            // who uses the table does not queue behind it: it waits up to Limits.Patience, however long in all
	Watched    bool            // Unqueued while a second session looks on: only those queue behind it who use what its foreign keys reference
	Climbs     bool            // everybody queues behind it: every try waits longer, up to Limits.MaxStall
	Deadlock   time.Duration   // the server's deadlock_timeout, which no wait that others queue behind may reach
}

// Kind is what an operation does.
type Kind string

// The kinds of operations. A reader of plans skips kinds that it does not know.
const (
	Create   Kind = "create"
	Attach   Kind = "attach"
	Finalize Kind = "finalize"
	Detach   Kind = "detach"
	Drop     Kind = "drop"
	Unmark   Kind = "unmark"
)

// Operation changes one partition.
type Operation struct {
	ID         string // kind and partition, unique in a plan
	Kind       Kind
	Parent     catalog.Name
	ParentOID  uint32
	Partition  catalog.Name
	OID        uint32 // of the partition; 0 where it does not exist yet
	Bound      string // FOR VALUES FROM (...) TO (...)
	Window     period.Window
	Reason     string // a clause for people
	ReasonCode string
	Branch     []string // names from the root to the parent, below the root
	Locks      []RelationLock
	Destroys   bool
	DropAt     time.Time // when it will be dropped (or could have been), zero: never, or not known
	Concurrent bool      // a detach that lets readers and writers go on
	Rows       float64   // pg_class.reltuples, -1 where not known
	Bytes      int64     // relpages times the block size: an estimate
	Like       []string  // of a new partition: what it gets because all existing ones have it, for people: index (user_id), trigger audit
	Statements []ddl.Statement
}

// RelationLock is a lock that an operation takes.
type RelationLock struct {
	Relation catalog.Name
	Mode     string // ACCESS EXCLUSIVE, ...
}

// Finding is something a person should know.
type Finding struct {
	Code      string
	Severity  Severity
	Message   string // a sentence
	Remedy    string // a sentence, may be empty
	SQL       string // what helps, may be empty
	Partition catalog.Name
	Window    period.Window // zero where it is about no window
	Rows      int64         // where it counts rows
	Pointing  uint32        // of what references: the OID of the table whose rows do; else 0
}

// Severity of a finding. Only Error influences exit codes: something that the policy wants cannot be done.
type Severity string

// The severities.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)
