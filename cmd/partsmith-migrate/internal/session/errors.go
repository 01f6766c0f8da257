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

// encode is the advice for a string of which nobody can say where its password ends.
const encode = "special characters in a password must be percent-encoded: @ is %40, : is %3A, / is %2F, # is %23, ? is %3F, % is %25"

func newURLError(err error, url string) *URLError {
	var parse *pgconn.ParseConfigError
	var path *fs.PathError
	switch {
	case unclear(url):
	case errors.As(err, &path):
		return &URLError{"the file " + path.Path + ", which it names, cannot be read: " + path.Err.Error()}
	case errors.As(err, &parse) && strings.Contains(parse.Error(), "service"):
		return &URLError{"the service it names is not in the service file"}
	}
	return &URLError{"write it as postgres://user@host:5432/database; " + encode}
}

func (e *URLError) Error() string { return "read database URL: " + e.what }

// ConnectError says in one sentence why there is no connection.
type ConnectError struct {
	Where string // host, database, user
	Cause string // a clause, with what to do
	NotUp bool   // the server may answer soon: it is starting, or not there yet
}

func (e *ConnectError) Error() string { return "connect to " + e.Where + ": " + e.Cause }

// connectError is rebuilt from parts that are known: neither the text of the connection string nor pgx's own words, which
// repeat it, are in it. Of a string whose parts are not clear, none is shown.
func connectError(err error, url string, config *pgx.ConnConfig) *ConnectError {
	if unclear(url) {
		return &ConnectError{Where: "the server that the database URL names", Cause: plainCause(err) + "; " + encode, NotUp: notUp(err)}
	}
	return &ConnectError{Where: where(config), Cause: cause(err, config), NotUp: notUp(err)}
}

// plainCause is one without a name in it.
func plainCause(err error) string {
	if server := (*pgconn.PgError)(nil); errors.As(err, &server) {
		return "it answers with SQLSTATE " + server.Code
	}
	return "there is no connection"
}

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
func cause(err error, config *pgx.ConnConfig) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return refusal(server, config)
	}
	err = last(err)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "the host name " + config.Host + " is not known; check it"
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
	return said(lastWords(err), "the connection failed", config)
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
func refusal(err *pgconn.PgError, config *pgx.ConnConfig) string {
	words := said(err.Message, "SQLSTATE "+err.Code, config)
	switch err.Code {
	case "28P01":
		return "wrong password or unknown user; check them in the database URL, PGPASSWORD or ~/.pgpass"
	case "28000":
		return "the server lets this user in neither from here nor to this database: " + words
	case "3D000":
		return "there is no such database; create it or correct its name"
	case "53300":
		return "the server has no connection left: " + words
	case "57P03":
		return "the server is starting up or shutting down; try again"
	case "42501":
		return "the user may not connect to this database; GRANT CONNECT would help"
	}
	if words != err.Message {
		return "it refuses a setting of the database URL (SQLSTATE " + err.Code + ")"
	}
	return words + " (SQLSTATE " + err.Code + ")"
}

// said is what somebody else said, or instead of it something of ours where it repeats what may be a piece of a password: a
// setting that nobody knows is one, where a password with a space stands without quotes.
func said(words, instead string, config *pgx.ConnConfig) string {
	pieces := []string{config.Password}
	for name, value := range config.RuntimeParams {
		if name != "application_name" {
			pieces = append(pieces, name, value)
		}
	}
	for _, piece := range pieces {
		if piece != "" && strings.Contains(words, piece) {
			return instead
		}
	}
	return strings.ToValidUTF8(words, "?")
}

// unclear reports whether somebody may have meant another part of the text as the password than the parser takes for it: an @
// behind the one that ends the user, or behind what ends the host.
func unclear(url string) bool {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return false
	}
	host := strings.IndexAny(rest, "/?#")
	last := strings.LastIndexByte(rest, '@')
	return strings.Count(rest, "@") > 1 || host >= 0 && last > host || strings.ContainsAny(rest, "# \t\n\\\"'")
}

// lastWords is the innermost message of an error, in one line.
func lastWords(err error) string {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return Redact(strings.TrimSpace(lines[len(lines)-1]))
}
