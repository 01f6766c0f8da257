package lifecycle

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// noticeDefault reports rows that have expired and lie in DEFAULT, which is never retired: those of windows that would have been
// retired by now. It is the only question of a run that has nothing to do, and nothing depends on its answer. A foreign table is
// not asked: its server may be far away.
func (m *maker) noticeDefault() {
	d, past := m.defaultPart(), m.level.Past
	if d == nil || past.Empty() || holdsForeign(d.Partition) {
		return
	}
	rows, asked := m.ask(m.level.Rows(d.OID, past))
	switch {
	case asked && !rows.Known:
		m.find(Finding{Code: "unanswered", Severity: Info, Partition: d.Name,
			Message: fmt.Sprintf("whether the DEFAULT partition %s holds rows that have expired could not be told: %s", d.Name, rows.Cause)})
	case rows.Yes:
		m.find(Finding{Code: "default_holds_expired", Severity: Warning, Partition: d.Name, Rows: rows.Count,
			Message: fmt.Sprintf("the DEFAULT partition %s holds %s from before %s, which the policy no longer keeps", d.Name, rowsText(rows), past.Window.To),
			Remedy:  "DEFAULT is never retired: delete these rows, or move them elsewhere, in small batches at a quiet time."})
	}
}

// rowsText writes how many rows were counted.
func rowsText(a catalog.Answer) string {
	text := human.Count(int(a.Count), "row", "rows")
	if a.AtLeast {
		return "at least " + text
	}
	return text
}
