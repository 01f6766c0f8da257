package resolution

import (
	"regexp"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// entry is one entry of the server's log about one database.
type entry struct {
	pid, level, text string
}

var entryBegin = regexp.MustCompile(`^\S+ \S+ UTC \[(\d+)\] (\S*) (\w+):  (.*)$`)

// logged reads what the server wrote about the database.
func logged(t *testing.T, db *pgtest.Database) []entry {
	t.Helper()
	text, err := db.Server.WholeLog()
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	ours := false
	for line := range strings.SplitSeq(text, "\n") {
		if m := entryBegin.FindStringSubmatch(line); m != nil {
			if ours = m[2] == db.Name; ours {
				all = append(all, entry{pid: m[1], level: m[3], text: m[4]})
			}
		} else if more, ok := strings.CutPrefix(line, "\t"); ok && ours {
			all[len(all)-1].text += "\n" + more
		}
	}
	return all
}

var sent = regexp.MustCompile(`(?s)^(?:statement|execute [^:]+): (.*)$`)

// message is the text that a session sent, as log_statement = all writes it.
func (e entry) message() (string, bool) {
	m := sent.FindStringSubmatch(e.text)
	if e.level != "LOG" || m == nil {
		return "", false
	}
	return m[1], true
}
