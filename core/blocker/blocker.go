package blocker

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Blocker is a session that stood in the way. What the server hides from a role without rights is empty.
type Blocker struct {
	PID         int // 0: a prepared transaction
	Application string
	User        string
	State       string        // active, idle in transaction, ...
	Transaction time.Duration // since its transaction began
	Query       time.Duration // since its latest query began
	Autovacuum  bool          // an autovacuum worker

	transaction string // its virtual transaction, which everybody may see
	hidden      bool   // the server does not tell us since when it runs
}

// String is a clause: pid 4711 (report, idle in transaction, transaction of 3m2s).
func (b Blocker) String() string {
	if b.PID == 0 {
		return "a prepared transaction"
	}
	var traits []string
	if b.Autovacuum {
		traits = append(traits, "autovacuum worker")
	}
	for _, trait := range []string{b.Application, b.State} {
		if trait != "" {
			traits = append(traits, trait)
		}
	}
	if b.Transaction > 0 {
		traits = append(traits, "transaction of "+b.Transaction.Round(time.Second/10).String())
	}
	if b.Query > 0 {
		traits = append(traits, "query begun "+b.Query.Round(time.Second/10).String()+" ago")
	}
	if len(traits) == 0 {
		return fmt.Sprintf("pid %d", b.PID)
	}
	return fmt.Sprintf("pid %d (%s)", b.PID, strings.Join(traits, ", "))
}

//go:embed blockers.sql
var blockersSQL string

// Find names who holds what operations want, the oldest transaction first. It takes no lock on any table.
func Find(ctx context.Context, conn *sql.Conn, ops []lifecycle.Operation) ([]Blocker, error) {
	var schemas, names, modes []string
	snapshots := false
	for _, op := range ops {
		snapshots = snapshots || op.Kind == lifecycle.Finalize
		for _, l := range locksOf(op) {
			schemas, names = append(schemas, l.Relation.Schema), append(names, l.Relation.Table)
			modes = append(modes, strings.Join(against(l.Mode), ","))
		}
	}
	rows, err := conn.QueryContext(ctx, blockersSQL, textArray(schemas), textArray(names), textArray(modes), snapshots)
	if err != nil {
		return nil, fmt.Errorf("find blockers: %w", err)
	}
	defer rows.Close()
	var found []Blocker
	for rows.Next() {
		var b Blocker
		var transaction sql.NullFloat64
		var query float64
		if err := rows.Scan(&b.PID, &b.transaction, &b.Application, &b.User, &b.State, &transaction, &query, &b.Autovacuum); err != nil {
			return nil, fmt.Errorf("find blockers: %w", err)
		}
		b.Transaction, b.hidden, b.Query = seconds(transaction.Float64), !transaction.Valid, seconds(query)
		found = append(found, b)
	}
	return found, rows.Err()
}

// locksOf are the locks of an operation; a concurrent detach also waits for everybody who uses the parent.
func locksOf(op lifecycle.Operation) []lifecycle.RelationLock {
	locks := slices.Clone(op.Locks)
	if op.Concurrent {
		locks = append(locks, lifecycle.RelationLock{Relation: op.Parent, Mode: ddl.AccessExclusive})
	}
	return locks
}

// against gives the modes, as pg_locks names them, that stand against a mode (PostgreSQL's table of conflicting modes).
func against(mode string) []string {
	all := []string{"AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
		"ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}
	switch mode {
	case "ACCESS SHARE":
		return all[7:]
	case "SHARE UPDATE EXCLUSIVE":
		return all[3:]
	case "SHARE":
		return append([]string{all[2], all[3]}, all[5:]...)
	case "SHARE ROW EXCLUSIVE":
		return all[2:]
	}
	return all
}

// textArray writes an array literal, which every driver passes as it is.
func textArray(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
