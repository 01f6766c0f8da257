package pgtest_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// start starts a server of the test's own.
func start(t *testing.T, options pgtest.Options) *pgtest.Server {
	t.Helper()
	pgtest.New(t) // skips where there is none
	server, err := pgtest.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

func ask(t *testing.T, address, query string) (string, error) {
	t.Helper()
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var text string
	return text, pool.QueryRowContext(t.Context(), query).Scan(&text)
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server := start(t, pgtest.Options{})
	_, err := ask(t, server.URL("postgres"), `select 1`)
	is.NoErr(err)
	dir := folderOf(t, server.URL("postgres"))
	server.Stop()
	server.Stop()
	<-server.Ended()
	_, err = os.Stat(dir)
	is.True(errors.Is(err, fs.ErrNotExist))
}

func TestServerOnAPort(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server := start(t, pgtest.Options{Port: true, Settings: map[string]string{"max_connections": "17"}})
	is.True(strings.Contains(server.URL("postgres"), "@127.0.0.1:"))
	text, err := ask(t, server.URL("postgres"), `show max_connections`)
	is.NoErr(err)
	is.Equal(text, "17")
}

func TestStandby(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server := start(t, pgtest.Options{Standby: true})
	text, err := ask(t, server.URL("postgres"), `select pg_is_in_recovery()::text`)
	is.NoErr(err)
	is.Equal(text, "true")
}

func TestReplica(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	primary := start(t, pgtest.Options{})
	replica := start(t, pgtest.Options{Primary: primary})
	pool, err := sql.Open("pgx", primary.URL("postgres"))
	is.NoErr(err)
	defer pool.Close()
	_, err = pool.ExecContext(t.Context(), `create table later (n int); insert into later values (7)`)
	is.NoErr(err)
	is.NoErr(replica.CatchUp(t.Context(), primary))
	text, err := ask(t, replica.URL("postgres"), `select concat(n, pg_is_in_recovery()) from later`)
	is.NoErr(err)
	is.Equal(text, "7t")
}

func TestStartSaysWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pgtest.New(t)
	_, err := pgtest.Start(t.Context(), pgtest.Options{Settings: map[string]string{"wal_level": "nonsense"}})
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), `invalid value for parameter "wal_level"`))
}

// childVariable makes TestServerOfAKilledProcess the process that will be killed.
const childVariable = "PGTEST_CHILD"

func TestServerOfAKilledProcess(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		serveUntilKilled()
	}
	if runtime.GOOS == "windows" {
		t.Skip("no guard on Windows")
	}
	t.Parallel()
	pgtest.New(t)
	is := is.New(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServerOfAKilledProcess$")
	child.Env = append(os.Environ(), childVariable+"=1")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	is.NoErr(err)
	is.NoErr(child.Start())
	address, err := bufio.NewReader(out).ReadString('\n')
	is.NoErr(err)
	_, err = ask(t, strings.TrimSpace(address), `select 1`)
	is.NoErr(err)
	is.NoErr(child.Process.Kill())
	_ = child.Wait()
	awaitAbsence(t, folderOf(t, strings.TrimSpace(address)))
}

func serveUntilKilled() {
	server, err := pgtest.Start(context.Background(), pgtest.Options{})
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	os.Stdout.WriteString(server.URL("postgres") + "\n")
	select {}
}

// awaitAbsence: the guard works on its own time and tells nobody when it is done.
func awaitAbsence(t *testing.T, dir string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	late := time.After(30 * time.Second)
	for {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("%s is still there", dir)
		}
	}
}

func folderOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("host")
}

func TestFind(t *testing.T) {
	pgtest.New(t)
	is := is.New(t)
	found, err := pgtest.Find(0)
	is.NoErr(err)
	is.True(found.Major >= 14)

	_, err = pgtest.Find(7)
	is.True(errors.Is(err, pgtest.ErrNoServer))
	is.True(strings.Contains(err.Error(), found.Bin)) // what there is instead

	t.Setenv("PARTSMITH_PG_VERSION", "new")
	_, err = pgtest.Find(0)
	is.True(strings.Contains(err.Error(), `"new" is not a major version`))

	t.Setenv("PARTSMITH_PG_VERSION", "")
	t.Setenv("PARTSMITH_PG_BIN", found.Bin)
	is.Equal(pgtest.Installations(), []pgtest.Installation{found})
	t.Setenv("PARTSMITH_PG_BIN", filepath.Join(t.TempDir(), "nothing"))
	_, err = pgtest.Find(0)
	is.True(errors.Is(err, pgtest.ErrNoServer))
}

// An npm package arrives without its links, and a folder below one that is closed to others cannot be entered by the server's user.
func TestPackageWithoutLinksInAClosedFolder(t *testing.T) {
	pgtest.New(t)
	is := is.New(t)
	found, err := pgtest.Find(0)
	is.NoErr(err)
	prefix := filepath.Dir(found.Bin)
	if _, err := os.Stat(filepath.Join(prefix, "pg-symlinks.json")); err != nil {
		t.Skip("the server is not that of an npm package")
	}
	native := filepath.Join(t.TempDir(), "native")
	is.NoErr(os.CopyFS(native, os.DirFS(prefix)))
	is.NoErr(filepath.WalkDir(filepath.Join(native, "lib"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type() == fs.ModeSymlink {
			return os.Remove(path)
		}
		return err
	}))
	is.NoErr(os.Chmod(filepath.Dir(native), 0o700))
	t.Setenv("PARTSMITH_PG_BIN", filepath.Join(native, "bin"))
	server, err := pgtest.Start(t.Context(), pgtest.Options{})
	is.NoErr(err)
	server.Stop()
}
