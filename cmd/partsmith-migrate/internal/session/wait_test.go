package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// What is waited for is a server that is not up yet, and nothing that somebody has to put right.
func TestNotUp(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	refused := fmt.Errorf("dial: %w", syscall.ECONNREFUSED)
	server := func(code string) error { return fmt.Errorf("connect: %w", &pgconn.PgError{Code: code}) }
	for _, err := range []error{refused, syscall.ENOENT, &net.DNSError{IsNotFound: true}, server("57P03"), errors.Join(refused, refused),
		errors.Join(server("57P03"), refused)} {
		is.True(notUp(err))
	}
	for _, err := range []error{server("28P01"), server("28000"), server("3D000"), server("53300"), server("42501"), syscall.EACCES,
		context.DeadlineExceeded, errors.New("server refused TLS connection"), errors.Join(server("28P01"), refused),
		errors.Join(server("57P03"), server("28P01"))} {
		is.True(!notUp(err))
	}
}

// A server whose socket comes later is waited for, and that is told once.
func TestOpenAwaitsTheServer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	folder, err := os.MkdirTemp("", "s") // the path of a socket must be short
	is.NoErr(err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	is.NoErr(os.Chmod(folder, 0o755))
	config, err := pgconn.ParseConfig(db.URL)
	is.NoErr(err)
	socket := fmt.Sprintf(".s.PGSQL.%d", config.Port)
	told := 0
	database, err := Open(t.Context(), db.URL+"&host="+folder, Options{For: time.Hour, Waiting: func(err error) {
		told++
		is.True(errors.As(err, new(*ConnectError)))
		is.NoErr(os.Symlink(filepath.Join(config.Host, socket), filepath.Join(folder, socket)))
	}})
	is.NoErr(err)
	is.NoErr(database.Close())
	is.Equal(told, 1)
}

// One that says that it is starting is waited for; what it says about a password counts at once.
func TestOpenAwaitsWhatTheServerSays(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	url, asked := saying(t, "57P03", "57P03", "28P01")
	_, err := Open(t.Context(), url, Options{For: time.Hour})
	var failed *ConnectError
	is.True(errors.As(err, &failed))
	is.True(!failed.NotUp)
	is.Equal(asked.Load(), int32(3))

	url, asked = saying(t, "28P01")
	_, err = Open(t.Context(), url, Options{For: time.Hour, Waiting: func(error) { t.Error("nothing is to be waited for") }})
	is.True(errors.As(err, &failed))
	is.Equal(asked.Load(), int32(1))
}

// Patience ends, and so does the run.
func TestOpenEndsWaiting(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	nowhere := "host=" + t.TempDir() + " user=app dbname=shop"
	_, err := Open(t.Context(), nowhere, Options{For: time.Millisecond})
	var failed *ConnectError
	is.True(errors.As(err, &failed))
	is.True(failed.NotUp)

	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	_, err = Open(ctx, nowhere, Options{For: time.Hour, Waiting: func(error) { cancel(reason) }})
	is.True(errors.Is(err, reason))
}

// saying is a server that refuses each connection with the next of the codes, and counts them.
func saying(t *testing.T, codes ...string) (url string, asked *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	asked = new(atomic.Int32)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			code := codes[min(int(asked.Add(1)), len(codes))-1]
			backend := pgproto3.NewBackend(conn, conn)
			_, _ = backend.ReceiveStartupMessage()
			backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "no"})
			_ = backend.Flush()
			_ = conn.Close()
		}
	}()
	return "postgres://app@" + listener.Addr().String() + "/shop?sslmode=disable", asked
}
