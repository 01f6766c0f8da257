package goosecli

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// folder is what the migrations in a folder and the version table say together.
type folder struct {
	files   goose.Migrations // by version
	applied map[int64]bool
	latest  int64 // what was applied last, which goose calls the current version
	known   bool  // the version table could be read
}

// look reads the folder and the version table, and makes none where there is none: several processes that begin at once
// would meet while making it. What cannot be read goose will say itself, so it is no error here.
func (r Run) look(ctx context.Context) folder {
	f := folder{applied: map[int64]bool{}}
	_ = guarded(func() (err error) {
		f.files, err = goose.CollectMigrations(r.Dir, 0, math.MaxInt64)
		return err
	})
	store, err := database.NewStore(goose.DialectPostgres, r.Table)
	if err != nil || r.NoVersioning {
		return f
	}
	rows, err := store.ListMigrations(ctx, r.Database)
	f.known = err == nil && len(rows) > 0
	for _, row := range slices.Backward(rows) { // they come with the newest first
		f.applied[row.Version] = true
		if row.IsApplied {
			f.latest = row.Version
		}
	}
	return f
}

// done reports whether goose would find migrations for a call, and nothing to apply.
func (f folder) done(c Call) bool {
	inReach := func(m *goose.Migration) bool { return m.Version <= c.target() }
	return f.known && slices.ContainsFunc(f.files, inReach) && len(f.pending(c)) == 0
}

// pending are the migrations that goose would apply for a call, in its order; those that were left out first.
func (f folder) pending(c Call) goose.Migrations {
	target, current := c.target(), f.highest()
	var missing, next goose.Migrations
	for _, m := range f.files {
		switch {
		case m.Version > target || f.applied[m.Version]:
		case m.Version < current:
			missing = append(missing, m)
		default:
			next = append(next, m)
		}
	}
	pending := append(missing, next...)
	if c.Command == "up-by-one" && len(pending) > 1 {
		return pending[:1]
	}
	return pending
}

// leaving are the migrations that goose would take back for a call, the newest first.
func (f folder) leaving(c Call) goose.Migrations {
	var leaving goose.Migrations
	for _, m := range slices.Backward(f.files) {
		if (f.applied[m.Version] || c.NoVersioning) && (c.Command != "down-to" || m.Version > c.Version) {
			leaving = append(leaving, m)
		}
	}
	if c.Command == "down" || c.Command == "redo" {
		return leaving[:min(1, len(leaving))]
	}
	return leaving
}

// highest decides what goose takes for left out.
func (f folder) highest() int64 {
	var current int64
	for version := range f.applied {
		current = max(current, version)
	}
	return current
}

// CompiledError says that Go migrations are in the way, which are not compiled into this program, and what to do. Goose itself
// comes to it after it has run the migrations before them.
type CompiledError struct {
	Files []string // in the order in which they would run
	Down  bool     // they were to be taken back
	Cause error    // goose's own
}

// Unwrap gives goose's error.
func (e *CompiledError) Unwrap() error { return e.Cause }

func (e *CompiledError) Error() string {
	which, done := e.Files[0]+" is a Go migration that is", "applied"
	if more := len(e.Files) - 1; more > 0 {
		which = fmt.Sprintf("%s and %d more are Go migrations that are", e.Files[0], more)
	}
	if e.Down {
		done = "taken back"
	}
	return which + " not compiled into this program: write one of your own with package gooseext/goosecli, or run yours as " +
		"`partsmith-migrate exec --lock goose -- YOUR-PROGRAM`; nothing was " + done
}

// uncompiled is a CompiledError where one of these is a Go migration that nobody has registered.
func uncompiled(ctx context.Context, db *sql.DB, these goose.Migrations, down bool) *CompiledError {
	e := &CompiledError{Down: down}
	for _, m := range these {
		if filepath.Ext(m.Source) != ".go" || m.Registered {
			continue
		}
		if e.Files = append(e.Files, filepath.Base(m.Source)); e.Cause == nil {
			e.Cause = m.UpContext(ctx, db) // it says so before it touches the database
		}
	}
	if e.Cause == nil {
		return nil
	}
	return e
}
