package lock_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func ask(t *testing.T, conn *sql.Conn, statement string) error {
	t.Helper()
	_, err := conn.ExecContext(t.Context(), "begin; "+statement+"; commit")
	if err != nil {
		_, _ = conn.ExecContext(context.Background(), "rollback")
	}
	return err
}

// The question is answered well while the session has the locks, and changes nothing about them; else it fails, on the session itself
// and beside it.
func TestQuestion(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	lead, other := db.Conn(t), db.Conn(t)
	migrators, err := lock.Polling{}.Lock(t.Context(), lead, 0)
	if err != nil {
		t.Fatal(err)
	}
	leases, taken, err := lock.TryTables(t.Context(), lead, []uint32{7, 4_000_000_000, 8})
	if err != nil || taken[0] != nil || taken[1] != nil {
		t.Fatal(err, taken)
	}
	own, ok := lock.Question(migrators, leases[1])
	beside, ok2 := lock.QuestionBeside(migrators, leases[1])
	if !ok || !ok2 {
		t.Fatal("no question")
	}
	for range 3 {
		if err := ask(t, lead, own); err != nil {
			t.Error(err)
		}
		if err := ask(t, other, beside); err != nil {
			t.Error(err)
		}
		if err := ask(t, other, own); !lock.NotHeld(err) {
			t.Errorf("another session has the locks: %v", err)
		}
		if err := migrators.Alive(t.Context()); err != nil {
			t.Error(err)
		}
	}
	_ = ask(t, lead, own+"; select 1/0") // what comes after it fails: the locks stay
	if err := ask(t, lead, own); err != nil {
		t.Error(err)
	}
	if _, busy, err := lock.TryTables(t.Context(), other, []uint32{8, 9}); err != nil || busy[0] == nil || busy[1] != nil {
		t.Errorf("%v, %v", busy, err)
	}
	if err := lock.Release(t.Context(), leases...); err != nil {
		t.Error(err)
	}
	if err := ask(t, lead, own); !lock.NotHeld(err) {
		t.Errorf("a key was given back: %v", err)
	}
	if err := ask(t, other, beside); !lock.NotHeld(err) {
		t.Errorf("a key was given back: %v", err)
	}
	if n := db.Text(t, advisory); n != "2" { // the migrator's, and the one of the other session
		t.Errorf("%s locks are left", n)
	}
	if err := migrators.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := ask(t, lead, own); !lock.NotHeld(err) {
		t.Errorf("the lock was given back: %v", err)
	}
}
