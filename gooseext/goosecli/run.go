package goosecli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Run is one run of goose with maintenance behind it.
type Run struct {
	Call
	Database    *sql.DB
	Maintenance plugin.Lifecycle // its lock is goose's as well
	Log         *log.Logger      // for goose's lines and ours between them
}

// Ended is what came of a run.
type Ended struct {
	Results     []executor.Result // one for each table; none where nothing was maintained
	Took        time.Duration     // of maintenance
	Migration   error             // what goose has failed with; it is said already
	Lock        error             // why goose did not get to work, or did not keep its lock
	Maintenance error             // what failed the run although goose has passed
}

// Do runs goose's command and then maintains, as the command allows: after a run upwards all of it, after a failed one
// only creation, after any other nothing.
func (r Run) Do(ctx context.Context) Ended {
	r.prepare()
	if !lock.IsNone(r.Maintenance.Executor.Locker) {
		r.Maintenance.Executor.Locker = newImpatient(r.Maintenance.Executor.Locker)
	}
	if !r.changes() {
		return Ended{Migration: r.told(r.goose(ctx))}
	}
	var ended Ended
	began := time.Now()
	report, err := r.around(ctx, func(ctx context.Context) error {
		ended.Migration, ended.Lock = r.migrate(ctx)
		began = time.Now()
		return errors.Join(ended.Migration, ended.Lock)
	})
	ended.Results, ended.Took = report.Maintenance, time.Since(began)
	var incomplete *gooseext.MaintenanceError
	switch {
	case errors.As(err, &incomplete):
		ended.Maintenance = incomplete.Err
	case ended.Migration == nil && ended.Lock == nil:
		ended.Maintenance = err // a veto
	}
	return ended
}

// prepare sets what goose's functions find in package variables.
func (r Run) prepare() {
	goose.SetLogger(r.Log)
	goose.SetTableName(r.Table)
	goose.SetVerbose(r.Verbose)
}

func (r Run) around(ctx context.Context, migrate func(context.Context) error) (gooseext.Report, error) {
	maintenance, err := gooseext.NewProvider(r.Database, nil, r.Maintenance)
	if err != nil {
		return gooseext.Report{}, err
	}
	direction := plugin.Up
	if r.Command == "down" || r.Command == "down-to" || r.Command == "reset" {
		direction = plugin.Down
	}
	return maintenance.Around(ctx, direction, func(ctx context.Context) ([]*goose.MigrationResult, error) {
		return nil, migrate(ctx)
	})
}

// migrate is goose's window. The errors are goose's own, and those of the lock.
func (r Run) migrate(ctx context.Context) (failed, missed error) {
	f := r.look(ctx)
	upwards := strings.HasPrefix(r.Command, "up")
	these := f.leaving(r.Call)
	if upwards {
		these = f.pending(r.Call)
	}
	if e := uncompiled(ctx, r.Database, these, !upwards); e != nil {
		_ = r.told(e.Cause)
		return r.told(e), nil
	}
	if upwards && f.done(r.Call) {
		return r.told(r.nothing(f)), nil
	}
	if !r.Locked {
		return r.told(r.goose(ctx)), nil
	}
	return r.underLock(ctx)
}

// underLock keeps the lock on a session of its own while goose works: its command takes none.
func (r Run) underLock(ctx context.Context) (failed, missed error) {
	legacy, err := gooseext.NewLegacy(r.Database, r.Maintenance)
	if err != nil {
		return nil, err
	}
	missed = legacy.Down(ctx, func(ctx context.Context) error { // downwards: what follows the run follows outside
		failed = r.told(r.goose(ctx))
		return nil
	})
	return failed, missed
}

// nothing says what goose says where nothing is pending. Goose is not asked: another run may take a migration back in
// between, and goose would apply it again without a lock.
func (r Run) nothing(f folder) error {
	r.Log.Printf("goose: no migrations to run. current version: %d", f.latest)
	if r.Command == "up-by-one" {
		return goose.ErrNoNextVersion
	}
	return nil
}

// goose runs goose's own command.
func (r Run) goose(ctx context.Context) error {
	var options []goose.OptionsFunc
	if r.Plain {
		options = append(options, goose.WithNoColor(true))
	}
	if r.AllowMissing {
		options = append(options, goose.WithAllowMissing())
	}
	if r.NoVersioning {
		options = append(options, goose.WithNoVersioning())
	}
	var args []string
	if r.Command == "up-to" || r.Command == "down-to" {
		args = []string{strconv.FormatInt(r.Version, 10)}
	}
	if r.Timeout != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	return guarded(func() error { return goose.RunWithOptionsContext(ctx, r.Command, r.Database, r.Dir, args, options...) })
}

// told says an error as goose's command does.
func (r Run) told(err error) error {
	if err != nil {
		r.Log.Printf("goose run: %v", err)
	}
	return err
}

// guarded makes an error of a panic: goose panics where two files have one version (v3.29).
func guarded(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return work()
}
