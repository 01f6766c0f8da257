package lock

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// session is what is known of the way from a connection to its server process.
type session uint8

const (
	unknown session = iota
	direct          // the process that answers is the one that greeted us
	steady          // something stands between, and keeps one process for us as far as can be seen
)

const (
	// rounds is how often the processes are compared: behind several poolers the second connection may reach another one.
	rounds = 3
	// company bounds the making of a second connection. A pooler in session mode, all of whose server connections are in
	// use, lets it wait for ever.
	company = time.Second
	// remembered is where a connection of pgx keeps what was found out about it.
	remembered = "partsmith.session"
)

// CheckSession finds out whether a connection keeps its server process from one transaction to the next, before anything
// rests on that. It changes nothing, waits a second at most for a pooler that is busy, and remembers the answer with the
// connection; the second call costs nothing. Where the server itself greeted us, it is one round trip.
//
// The error is a PooledError behind a transaction pooler, else the server's. Nil behind a pooler means that nothing was
// seen; under load a lock still looks twice where it was taken.
//
// An idle pooler in transaction mode gives each transaction the same server process again. So a second connection is
// made at the same time: in session mode it never reaches the process of the first. A busy one may well give the second
// another process each time, and the first its own again; then the second sees that somebody else has used that meanwhile.
func CheckSession(ctx context.Context, conn *pgx.Conn) error {
	_, err := checkPgx(ctx, conn)
	return err
}

// check is CheckSession for the connections of any driver. Of one that is not pgx no second connection can be made.
func check(ctx context.Context, conn *sql.Conn) (found session, err error) {
	err = lineOf(conn, func(l line) error {
		if c, ok := l.(pgxLine); ok {
			found, err = checkPgx(ctx, c.conn)
			return err
		}
		found = steady
		return probe(ctx, l, func(context.Context, identity) identity { return identity{} })
	})
	return found, err
}

func checkPgx(ctx context.Context, conn *pgx.Conn) (session, error) {
	memory := conn.PgConn().CustomData()
	switch known := memory[remembered].(type) {
	case session:
		return known, nil
	case *PooledError:
		return unknown, known
	}
	now, err := whoAnswers(ctx, pgxLine{conn}, 0)
	if err != nil {
		return unknown, err
	}
	if now.pid == int(conn.PgConn().PID()) {
		memory[remembered] = direct
		return direct, nil
	}
	err = probe(ctx, pgxLine{conn}, func(ctx context.Context, first identity) identity { return beside(ctx, conn, first) })
	if err == nil {
		memory[remembered] = steady
	}
	return steady, learn(conn, err)
}

// learn remembers a pooler that err gives away.
func learn(conn *pgx.Conn, err error) error {
	if pooled := (*PooledError)(nil); errors.As(err, &pooled) {
		conn.PgConn().CustomData()[remembered] = pooled
	}
	return err
}

// judge makes of the error of an acquisition what it means on a connection of which so much is known, and remembers it.
func judge(conn *sql.Conn, found session, err error) error {
	if err = betrayed(err, found); err == nil {
		return nil
	}
	_ = lineOf(conn, func(l line) error { // a connection that is closed has nothing to remember
		if c, ok := l.(pgxLine); ok {
			return learn(c.conn, err)
		}
		return nil
	})
	return err
}

// probe leaves a mark on the session and looks for it again, in transactions of their own, while a second connection asks who
// serves that, and when the process of the first was last asked. A process that has changed, a mark that is gone, a process
// that serves both, or one that was asked by somebody else, are those of a pooler.
func probe(ctx context.Context, l line, second func(ctx context.Context, first identity) identity) error {
	mark := rand.Text()
	if err := l.tell(ctx, "set partsmith.probe to '"+mark+"'"); err != nil {
		return betrayed(err, unknown)
	}
	first, err := whoAnswers(ctx, l, 0)
	for i := 0; err == nil && i < rounds; i++ {
		other := second(ctx, first)
		var now identity
		now, err = whoAnswers(ctx, l, 0)
		switch {
		case err != nil:
		case now.process() != first.process():
			return &PooledError{PID: first.pid, Other: now.pid}
		case now.mark != mark, now.process() == other.process(), other.saw(first):
			return &PooledError{PID: now.pid, Other: now.pid}
		case other.pid == 0:
			i = rounds // a pooler without room, which need not be asked again
		}
		first = now
	}
	if err != nil {
		return betrayed(err, unknown)
	}
	return l.tell(ctx, "reset partsmith.probe")
}

// beside asks who serves a second connection like this one; where none can be made, nobody.
func beside(ctx context.Context, conn *pgx.Conn, first identity) identity {
	ctx, cancel := context.WithTimeout(ctx, company)
	defer cancel()
	config := conn.Config()
	config.AfterConnect = nil
	second, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return identity{}
	}
	defer second.Close(ctx)
	other, err := whoAnswers(ctx, pgxLine{second}, first.pid)
	if err != nil {
		return identity{}
	}
	return other
}

// identity is a server process, the mark that its session has, and when it was asked.
type identity struct {
	pid                int
	start, mark, asked string
	watched            struct{ start, asked string } // the same of another process; empty: it is not seen
}

// process tells processes apart also on different servers, which may well give out the same number.
func (i identity) process() string { return strconv.Itoa(i.pid) + " " + i.start }

// saw reports whether another process was asked by somebody else after it had told of itself. Where the server keeps no
// track of activities, both times are empty.
func (i identity) saw(other identity) bool {
	return i.watched.start == other.start && i.watched.asked != other.asked
}

// activity is a column of a server process in pg_stat_activity, whose own row everybody sees whole, as well as those of the same role.
// A statement finds its own statement_timestamp() as query_start.
func activity(column, pid string) string {
	return "coalesce((select pg_catalog.date_part('epoch', a." + column + ")::pg_catalog.text" +
		" from pg_catalog.pg_stat_activity a where a.pid operator(pg_catalog.=) " + pid + "), '')"
}

// whoAnswers asks for the process that serves the line, and for what it sees of another one.
func whoAnswers(ctx context.Context, l line, watched int) (identity, error) {
	const me = "pg_catalog.pg_backend_pid()"
	it := strconv.Itoa(watched)
	fields, err := l.ask(ctx, strings.Join([]string{"select " + me, "coalesce(pg_catalog.current_setting('partsmith.probe', true), '')",
		activity("backend_start", me), activity("query_start", me), activity("backend_start", it), activity("query_start", it)}, ",\n"))
	if err != nil {
		return identity{}, fmt.Errorf("ask for server process: %w", err)
	}
	pid, err := strconv.Atoi(fields[0])
	if err != nil {
		return identity{}, fmt.Errorf("ask for server process: %w", err)
	}
	i := identity{pid: pid, mark: fields[1], start: fields[2], asked: fields[3]}
	i.watched.start, i.watched.asked = fields[4], fields[5]
	return i, nil
}
