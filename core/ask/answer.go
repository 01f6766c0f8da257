package ask

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

const (
	defaultLimit     = time.Second
	askPatience      = 100 * time.Millisecond // for locks; below deadlock_timeout, so an ask never cancels an autovacuum
	lockNotAvailable = "55P03"
	queryCanceled    = "57014"
	noPrivilege      = "42501"
)

// Question is what is asked about one table.
type Question struct {
	Table *catalog.Table // whose Answers are filled
	Asks  []catalog.Ask
}

// One puts what is asked about one table to the database, in a transaction of its own (catalog.Reading), as All does.
func One(ctx context.Context, conn *sql.Conn, table *catalog.Table, asks []catalog.Ask, limit time.Duration) error {
	return catalog.Reading(ctx, conn, func(r *catalog.Reader) error { return All(ctx, r, []Question{{table, asks}}, limit) })
}

// All puts what is asked about any number of tables to the database, in few statements, and files what it says in their
// Answers. It asks as each table's ActAs, behind a savepoint, and changes nothing; on the tables that it asks about it takes
// ACCESS SHARE until it has its answers. Each statement has the limit (0: one second) and waits at most 100 ms for a lock.
//
// Several questions stand in one statement. Where that fails, or takes long, they are put one by one: what then ends at one of
// these limits, for want of a right or because the table is gone, is filed as not known, with its Cause. Any other failure is the
// error, and what was answered before it stays filed.
func All(ctx context.Context, r *catalog.Reader, questions []Question, limit time.Duration) error {
	if limit <= 0 {
		limit = defaultLimit
	}
	for _, role := range rolesOf(questions) {
		a := asker{tx: r, role: role, limit: limit, owning: map[uint32]bool{}}
		if err := a.round(ctx, questions); err != nil {
			return err
		}
	}
	return nil
}

// open is a question that is not answered yet.
type open struct {
	table *catalog.Table
	ask   catalog.Ask
}

// rolesOf are the roles that something is asked as, each once; the empty one is the session's own.
func rolesOf(questions []Question) []string {
	var roles []string
	for _, q := range questions {
		if q.Table.Answers == nil {
			q.Table.Answers = catalog.Answers{}
		}
		if len(q.Asks) > 0 && !slices.Contains(roles, q.Table.ActAs) {
			roles = append(roles, q.Table.ActAs)
		}
	}
	return roles
}

// asker asks as one role, inside one transaction.
type asker struct {
	tx    *catalog.Reader
	role  string
	limit time.Duration

	owning map[uint32]bool // by the OID of a table: whether its latest partition has something of its own, as far as was looked
}

// round answers what is asked as the asker's role.
func (a asker) round(ctx context.Context, questions []Question) error {
	var all []open
	for _, q := range questions {
		for _, ask := range q.Asks {
			if q.Table.ActAs == a.role {
				all = append(all, open{q.Table, ask})
			}
		}
	}
	if err := a.prepare(ctx); err != nil {
		return fmt.Errorf("prepare asking: %w", err)
	}
	if err := a.answers(ctx, all); err != nil {
		return err
	}
	_, err := a.tx.ExecContext(ctx, "rollback to savepoint partsmith_asks; release savepoint partsmith_asks")
	return err
}

// prepare bounds every wait for a lock. With row_security off a policy that would hide rows is an error instead.
func (a asker) prepare(ctx context.Context) error {
	set := fmt.Sprintf("savepoint partsmith_asks; set local lock_timeout = %s; set local row_security = off", milliseconds(askPatience))
	if a.role != "" {
		set += "; set local role " + catalog.QuoteIdent(a.role)
	}
	_, err := a.tx.ExecContext(ctx, set)
	return err
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("'%dms'", max(d.Milliseconds(), 1)) }

// answers puts the names first, all at once, then what can stand in one statement with others, then the rest.
func (a asker) answers(ctx context.Context, all []open) error {
	rest, err := a.together(ctx, all)
	if err != nil {
		return err
	}
	for _, o := range rest {
		if err := a.answer(ctx, o); err != nil {
			return fmt.Errorf("ask for %s: %w", o.ask.Kind, err)
		}
	}
	return nil
}

// answer asks one question behind a savepoint, so that those after it can still be asked when it fails.
func (a asker) answer(ctx context.Context, o open) error {
	if err := a.begin(ctx); err != nil {
		return err
	}
	began := time.Now()
	answer, err := a.ask(ctx, o)
	answer.Took = time.Since(began)
	if err != nil {
		answer.Known, answer.Cause = false, a.cause(ctx, err)
		if answer.Cause == "" {
			return err
		}
	}
	o.table.Answers[o.ask] = answer
	return a.end(ctx)
}

// begin sets a savepoint, behind which the limit holds. It is set last, so that it bounds nothing but what is asked.
func (a asker) begin(ctx context.Context) error {
	_, err := a.tx.ExecContext(ctx, "SAVEPOINT partsmith_ask; SET LOCAL statement_timeout = "+milliseconds(a.limit))
	return err
}

// mostCuts is how often going back to the savepoint may be cut off by the limit, which holds until then. It takes almost no time.
const mostCuts = 20

// end goes back to the savepoint, and to the limit from before it.
func (a asker) end(ctx context.Context) (err error) {
	for range mostCuts {
		_, err = a.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT partsmith_ask")
		if sqlstate.Of(err) != queryCanceled || ctx.Err() != nil {
			break
		}
	}
	return err
}

func (a asker) ask(ctx context.Context, o open) (catalog.Answer, error) {
	switch o.ask.Kind {
	case catalog.AskRows:
		return a.rows(ctx, o)
	case catalog.AskHighest:
		return a.highest(ctx, o)
	case catalog.AskReferenced:
		return a.referenced(ctx, o)
	case catalog.AskSize:
		return a.size(ctx, o)
	case catalog.AskTaken:
		return a.taken(ctx, o)
	case catalog.AskCheck:
		return a.check(ctx, o)
	case catalog.AskOwn:
		return a.own(ctx, o)
	case catalog.AskFit:
		return a.fit(ctx, o)
	}
	return catalog.Answer{}, fmt.Errorf("no such question %q", o.ask.Kind)
}

// unaskableError is about a question that makes no sense for the table that it is put to.
type unaskableError struct{ cause string }

func (e unaskableError) Error() string { return e.cause }

// cause says in a clause why there is no answer; it is empty where the failure is not the question's.
func (a asker) cause(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return ""
	}
	var u unaskableError
	if errors.As(err, &u) {
		return u.cause
	}
	switch sqlstate.Of(err) {
	case queryCanceled:
		return fmt.Sprintf("it takes longer than %s to find out", a.limit)
	case lockNotAvailable:
		return "the table is locked by another session"
	case noPrivilege:
		return "the rights to read it are missing: " + err.Error()
	case "42P01", "42703": // gone since the catalog was read
		return "the table has changed since the catalog was read"
	}
	return ""
}
