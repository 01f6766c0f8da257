package resolution

import (
	"strings"
	"testing"
)

// reading is how a reading transaction says what its search_path is.
const reading = "set_config('search_path', 'pg_catalog, pg_temp', true)"

// restoring is how a transaction that changes something ends the same.
const restoring = "set_config('search_path', pg_catalog.current_setting('partsmith.search_path'), true)"

// session is what is known of one session of the server while its messages are read in their order.
type session struct {
	quiet      bool // search_path is pg_catalog until the transaction ends
	savepoints map[string]bool
}

// look gives the names that a statement leaves open.
func (s *session) look(one statement) []string {
	if of, ok := one.node["TransactionStmt"].(map[string]any); ok {
		s.transaction(strings.TrimPrefix(str(of["kind"]), "TRANS_STMT_"), str(of["savepoint_name"]))
		return nil
	}
	open := one.open()
	if s.quiet {
		open = nil
	}
	s.quiet = (s.quiet || strings.Contains(one.text, reading)) && !strings.Contains(one.text, restoring)
	return open
}

func (s *session) transaction(kind, savepoint string) {
	switch kind {
	case "SAVEPOINT":
		s.savepoints[savepoint] = s.quiet
	case "ROLLBACK_TO":
		s.quiet = s.savepoints[savepoint]
	case "RELEASE":
	default:
		s.quiet, s.savepoints = false, map[string]bool{}
	}
}

// goose's own statements are goose's.
func goose(text string) bool { return strings.Contains(text, "goose_db_version") }

// unresolved reads a log and gives each statement that leaves a name open, once.
func unresolved(t *testing.T, log []entry) (found map[string][]string, statements int) {
	t.Helper()
	found = map[string][]string{}
	sessions := map[string]*session{}
	for _, e := range log {
		message, ok := e.message()
		if !ok {
			continue
		}
		if sessions[e.pid] == nil {
			sessions[e.pid] = &session{savepoints: map[string]bool{}}
		}
		all, err := parse(message)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, one := range all {
			statements++
			if open := sessions[e.pid].look(one); len(open) > 0 && !goose(one.text) {
				found[one.text] = open
			}
		}
	}
	return found, statements
}

func TestNothingThatIsSentResolvesElsewhere(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t), "app, public")
	s.live()
	found, statements := unresolved(t, logged(t, s.db))
	if statements < 300 {
		t.Errorf("only %d statements were logged", statements)
	}
	for text, open := range found {
		t.Errorf("%s is resolved by the search_path in:\n%s", strings.Join(open, ", "), text)
	}
}

// What is quiet is so from one statement on, and to the end of its transaction or savepoint.
func TestOnlyReadingTransactionsAreExempt(t *testing.T) {
	t.Parallel()
	const open, quiet = "select count(*) from s.a", "select pg_catalog." + reading
	for text, want := range map[string]int{
		"begin; " + open:                              1,
		"begin; " + quiet + "; " + open:               0,
		"begin; " + open + "; " + quiet + "; " + open: 1,
		"begin; " + quiet + "; commit; " + open:       1,
		"begin; " + quiet + "; rollback; " + open:     1,
		"begin; " + quiet + "; " + open + "; select pg_catalog." + restoring + "; " + open:             1,
		"begin; savepoint a; " + quiet + "; " + open + "; rollback to savepoint a; " + open:            1,
		"begin; " + quiet + "; savepoint a; " + open + "; rollback to savepoint a; release a; " + open: 0,
	} {
		got := 0
		one := &session{savepoints: map[string]bool{}}
		all, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range all {
			got += len(one.look(statement))
		}
		if got != want {
			t.Errorf("%s: %d are found, not %d", text, got, want)
		}
	}
}
