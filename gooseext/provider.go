package gooseext

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/session"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// Provider is a goose provider that maintains partitions after every run upwards. Like goose's it may be used by several
// goroutines at once.
type Provider struct {
	migrator migrator
	goose    *goose.Provider // nil: there are no migrations
	plugin   plugin.Plugin
	before   memory
}

// memory is of the settings that sessions had before the first run. What its migrations left behind may still be on the
// sessions of the pool when a later run begins. Nil: there was no run.
type memory struct {
	atomic.Pointer[session.Settings]
}

// run is the next run, with what is known of the settings.
func (m *memory) run(direction plugin.Direction) plugin.Run {
	run := plugin.Run{Migrator: "goose", Direction: direction, Settings: m.Load()}
	if run.Settings == nil {
		run.Settings = new(session.Settings)
	}
	return run
}

func (m *memory) keep(run plugin.Run) {
	if !run.Settings.IsZero() {
		m.CompareAndSwap(nil, run.Settings)
	}
}

// NewProvider makes a goose provider for PostgreSQL over the migrations in fsys, with maintenance around its runs.
//
// Maintain is usually a plugin.Lifecycle. What it leaves open is filled in: its Sessions with db, its Executor.Locker with the
// lock that migrations take. Where it has a Locker of its own and no option names a lock, goose takes that one too. Any
// other plugin.Plugin is called as it is.
//
// A nil fsys without Go migrations is a provider that only maintains. An fsys that turns out to hold no migration is
// goose.ErrNoMigrations, as with goose: it is more often a wrong folder than a wish.
//
// Nothing is read from the database and nothing is locked here.
func NewProvider(db *sql.DB, fsys fs.FS, maintain plugin.Plugin, options ...Option) (*Provider, error) {
	s, err := newSettings(options)
	if err != nil {
		return nil, err
	}
	p, locker, err := newProvider(db, maintain, s)
	if err != nil {
		return nil, err
	}
	p.goose, err = s.newGoose(db, fsys, locker)
	if errors.Is(err, goose.ErrNoMigrations) && fsys == nil {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("make goose provider: %w", err)
	}
	p.migrator = p.goose
	return p, nil
}

// Wrap puts maintenance around a provider that is there already, and was made over db.
//
// Its lock cannot be seen from outside. It should be the one that maintenance takes here, goose's own unless an option says
// otherwise: goose.WithSessionLocker with a NewSessionLocker of the same key.
func Wrap(existing *goose.Provider, db *sql.DB, maintain plugin.Plugin, options ...Option) (*Provider, error) {
	s, err := newSettings(options)
	switch {
	case err != nil:
		return nil, err
	case existing == nil:
		return nil, errors.New("wrap goose provider: none is given")
	case len(s.goose) > 0 || s.store != nil || s.unlocked:
		return nil, errors.New("wrap goose provider: it is made already, so WithGoose, WithStore and WithoutLock come too late")
	}
	p, _, err := newProvider(db, maintain, s)
	if err != nil {
		return nil, err
	}
	p.goose, p.migrator = existing, existing
	return p, nil
}

// newProvider is a provider without migrations so far, and the locker for goose's window.
func newProvider(db *sql.DB, maintain plugin.Plugin, s settings) (*Provider, waiting, error) {
	if db == nil {
		return nil, waiting{}, errors.New("make provider: no database is given")
	}
	equipped, locker, err := s.equip(db, maintain)
	if err != nil {
		return nil, waiting{}, err
	}
	return &Provider{migrator: nothing{}, plugin: equipped}, locker, nil
}

// equip fills in what a lifecycle leaves open, and gives the locker for goose's window.
func (s settings) equip(db *sql.DB, maintain plugin.Plugin) (plugin.Plugin, waiting, error) {
	if l, ok := maintain.(*plugin.Lifecycle); ok && l != nil {
		maintain = *l
	}
	life, ok := maintain.(plugin.Lifecycle)
	if !ok {
		if maintain == nil {
			return nil, waiting{}, errors.New("make provider: no plug-in for maintenance is given")
		}
		locker, _, err := s.locks(db, waiting{})
		return maintain, locker, err
	}
	locker, own, err := s.locks(db, waiting{life.Executor.Locker, life.Executor.Wait})
	life.Executor.Locker, life.Executor.Wait = own.Locker, own.wait
	if life.Sessions == nil {
		life.Sessions = db
	}
	return life, locker, err
}

// newGoose makes goose's part.
func (s settings) newGoose(db *sql.DB, fsys fs.FS, locker waiting) (*goose.Provider, error) {
	var options []goose.ProviderOption
	dialect := goose.DialectPostgres
	if s.store != nil {
		dialect = goose.DialectCustom
		options = append(options, goose.WithStore(s.store))
	}
	if locker.Locker != nil {
		options = append(options, goose.WithSessionLocker(&SessionLocker{locker: locker}))
	}
	return goose.NewProvider(dialect, db, fsys, append(options, s.goose...)...)
}

// Unwrap gives goose's own provider, for what is not offered here; nil where there are no migrations. What is called on
// it is not followed by maintenance.
func (p *Provider) Unwrap() *goose.Provider { return p.goose }
