package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// URLError says that a connection string cannot be read. Neither the string nor the parser's words are in it: where a
// string is broken, nobody can say which part of it is the password.
type URLError struct{ what string }

func newURLError(err error) *URLError {
	var parse *pgconn.ParseConfigError
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return &URLError{"the file " + path.Path + ", which it names, cannot be read: " + path.Err.Error()}
	case errors.As(err, &parse) && strings.Contains(parse.Error(), "service"):
		return &URLError{"the service it names is not in the service file"}
	}
	return &URLError{"write it as postgres://user@host:5432/database; special characters in a password must be percent-encoded"}
}

func (e *URLError) Error() string { return "read database URL: " + e.what }

// ConnectError says in one sentence why there is no connection.
type ConnectError struct {
	Where string // host, database, user
	Cause string // a clause, with what to do
}

func (e *ConnectError) Error() string { return "connect to " + e.Where + ": " + e.Cause }

func where(config *pgx.ConnConfig) string {
	host := fmt.Sprintf("%s:%d", config.Host, config.Port)
	if strings.HasPrefix(config.Host, "/") {
		host = fmt.Sprintf("the socket in %s, port %d", config.Host, config.Port)
	}
	database := config.Database
	if database == "" {
		database = config.User
	}
	return fmt.Sprintf("%s (database %s, user %s)", host, database, config.User)
}

// cause is a clause about why a connection failed, with what to do. Several ways may have been tried, with TLS and
// without: what a server said counts most, else how the last one failed.
func cause(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return refusal(server)
	}
	err = last(err)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "the host name " + dns.Name + " is not known; check it"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there; is the server running, and are host and port right?"
	case errors.Is(err, syscall.ENOENT):
		return "there is no such socket; is the server running, and are host and port right?"
	case errors.Is(err, syscall.EACCES):
		return "the socket may not be used by this user"
	case errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err):
		return "no answer in time; check host, port and firewall (connect_timeout sets how long to wait)"
	case strings.Contains(err.Error(), "server refused TLS"):
		return "the server offers no TLS; allow it with sslmode=prefer or sslmode=disable if the network is trusted"
	case strings.Contains(err.Error(), "invalid body length"):
		return "what answers there is no PostgreSQL server; check host and port"
	}
	return lastWords(err)
}

// last follows an error to the last of those that were joined in it.
func last(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if joined, ok := inner.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
			all := joined.Unwrap()
			return last(all[len(all)-1])
		}
	}
	return err
}

// refusal is the clause for what the server itself said.
func refusal(err *pgconn.PgError) string {
	switch err.Code {
	case "28P01":
		return "wrong password or unknown user; check them in the database URL, PGPASSWORD or ~/.pgpass"
	case "28000":
		return "the server lets this user in neither from here nor to this database: " + err.Message
	case "3D000":
		return "there is no such database; create it or correct its name"
	case "53300":
		return "the server has no connection left: " + err.Message
	case "57P03":
		return "the server is starting up or shutting down; try again"
	case "42501":
		return "the user may not connect to this database; GRANT CONNECT would help"
	}
	return err.Message + " (SQLSTATE " + err.Code + ")"
}

// lastWords is the innermost message of an error, in one line.
func lastWords(err error) string {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return Redact(strings.TrimSpace(lines[len(lines)-1]))
}
