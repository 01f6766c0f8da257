package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Bouncer is a PgBouncer before the database of one test. It ends with the test.
type Bouncer struct {
	URL string // of the same database, through the pooler, as superuser

	dir   string
	ended chan struct{}
}

// Bounce starts a PgBouncer in one of its pool modes, session or transaction, with so many server connections for a pool.
// The test is skipped where none is installed, but fails if CI=true and PARTSMITH_NO_BOUNCER is not set. More settings are lines of pgbouncer.ini.
func (d *Database) Bounce(t testing.TB, mode string, size int, settings ...string) *Bouncer {
	t.Helper()
	program, err := findBouncer()
	switch {
	case err != nil && os.Getenv("CI") == "true" && os.Getenv("PARTSMITH_NO_BOUNCER") == "":
		t.Fatal(err)
	case err != nil:
		t.Skipf("%v (`.ci/install bouncer` installs one)", err)
	}
	b, err := d.bounce(t, program, append([]string{"pool_mode = " + mode, "default_pool_size = " + strconv.Itoa(size)}, settings...))
	if err != nil {
		t.Fatalf("start PgBouncer: %v", err)
	}
	return b
}

// findBouncer looks on PATH and where Debian has it, which is on no PATH but root's.
func findBouncer() (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if program, err := exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", errors.New("no PgBouncer found")
}

func (d *Database) bounce(t testing.TB, program string, settings []string) (*Bouncer, error) {
	user, err := serverAccount() // PgBouncer refuses root as PostgreSQL does
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(d.Server.dir, "b")
	if err != nil {
		return nil, err
	}
	b := &Bouncer{URL: bounced(dir, d.Name), dir: dir, ended: make(chan struct{})}
	if err := os.WriteFile(filepath.Join(dir, "ini"), []byte(d.bouncerFile(dir, settings)), 0o644); err != nil {
		return nil, err
	}
	if err := user.ownAll(dir); err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "-q", filepath.Join(dir, "ini"))
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, environment(dir), user.attributes()
	if err := b.launch(cmd); err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-b.ended
	})
	return b, b.awaitReady(t.Context())
}

// bouncerFile: everybody who may enter the folder is let in, as the superuser; no check query and no limit of the pooler's own.
func (d *Database) bouncerFile(dir string, settings []string) string {
	return fmt.Sprintf("[databases]\n* = host=%s port=%d user=postgres\n[pgbouncer]\nlisten_port = 6432\nunix_socket_dir = %s\n"+
		"auth_type = any\nlogfile = %s\nserver_tls_sslmode = disable\n%s\n",
		d.Server.host, d.Server.port, dir, filepath.Join(dir, "log"), strings.Join(settings, "\n"))
}

func bounced(dir, database string) string {
	query := url.Values{"sslmode": {"disable"}, "host": {dir}, "port": {"6432"}}
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

// launch keeps the thread that started the child, as for the server: the child is ended with it.
func (b *Bouncer) launch(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(b.ended)
		}
	}()
	return <-started
}

func (b *Bouncer) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := pgx.Connect(ctx, b.URL)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-b.ended:
			return fmt.Errorf("it ended: %s", b.log())
		case <-ctx.Done():
			return fmt.Errorf("await answer: %w: %s", err, b.log())
		case <-again.C:
		}
	}
}

func (b *Bouncer) log() string {
	text, err := os.ReadFile(filepath.Join(b.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return lastLines(string(text), 20)
}
