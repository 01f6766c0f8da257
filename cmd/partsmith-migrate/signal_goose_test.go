//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// migrations is a folder with one migration that takes long.
func migrations(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	text := "-- +goose Up\ncreate table people ();\nselect pg_sleep(60);\n"
	if err := os.WriteFile(filepath.Join(dir, "00001_slow.sql"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A signal ends the migration at the server; what it had done is taken back, and no lock is left.
func TestSignalEndsGoose(t *testing.T) {
	t.Parallel()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			db.Exec(t, events)
			p := start(t, db, "goose", "up", "-dir", migrations(t))
			p.begin(t)
			eventually(t, db, `select count(*) = 1 from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and datname = current_database()`)
			is.NoErr(p.cmd.Process.Signal(signal))
			is.Equal(p.end(t), code)
			is.True(strings.Contains(p.err.String(), "goose run: ERROR 00001_slow.sql"))
			is.True(strings.Contains(p.err.String(), "stopped by a signal"))
			eventually(t, db, `select count(*) = 0 from pg_stat_activity where application_name like 'partsmith-migrate%' and datname = current_database()`)
			eventually(t, db, `select count(*) = 0 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`)
			is.Equal(db.Text(t, `select to_regclass('people') is null and (select count(*) = 0 from pg_inherits)`), "true")
		})
	}
}

// A second deploy waits for the first one's lock, once, and says who has it.
func TestGooseWaitsOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	conn := db.Conn(t)
	_, err := conn.ExecContext(t.Context(), "select pg_advisory_lock(4097083626)")
	is.NoErr(err)
	p := start(t, db, "goose", "up", "-dir", migrations(t), "--wait", "6s")
	p.begin(t)
	is.Equal(p.end(t), 4)
	is.True(strings.Contains(p.err.String(), "is held by pid"))
	is.Equal(len(regexp.MustCompile(`waited ([6-9]|[1-9][0-9])[0-9.]*s`).FindAllString(p.err.String(), -1)), 1) // others ask once
}

// A lock that is lost on the way ends the migration: another deploy may have begun.
func TestGooseEndsWithItsLock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, events)
	p := start(t, db, "goose", "up", "-dir", migrations(t))
	p.begin(t)
	eventually(t, db, `select count(*) = 1 from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and datname = current_database()`)
	db.Exec(t, `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`)
	is.Equal(p.end(t), 1)
	is.True(strings.Contains(p.err.String(), "goose run: ERROR 00001_slow.sql"))
	is.True(strings.Contains(p.err.String(), "the lock was lost while goose worked"))
	is.Equal(db.Text(t, `select to_regclass('people') is null`), "true")
	is.Equal(db.Text(t, `select count(*) from pg_inherits where inhparent = 'events'::regclass`), "3") // creation takes a lock of its own
}
