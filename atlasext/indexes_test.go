package atlasext_test

import (
	"errors"
	"testing"

	"github.com/partsmith/partsmith-migrate/atlasext"
)

// An index of somebody else's bears the name that ours should have: it stays, and the run says what stands in the way.
func TestLeavesIndexOfAnotherTableAlone(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2026-01-11", 3)
		w.exec(`create table theirs (id bigint); create index events__2026_01_12_events_at on theirs (id)`)
		more := `
  index "events_at" {
    columns = [column.at]
  }`
		r := w.runner(eventsHCL(more, dailyHCL), "2026-01-11T12:00:00Z")
		r.Concurrently, r.Exclude = true, []string{w.pattern("theirs")}
		_, err := w.try(r)
		var failed *atlasext.ChangeError
		w.True(errors.As(err, &failed))
		w.Equal(failed.SQLState, "42P07")
		w.Equal(w.text(`select count(*) from pg_index where indrelid = '$ns.theirs'::regclass`), "1")

		w.exec("alter index events__2026_01_12_events_at rename to theirs_id")
		w.run(r)
		w.Equal(w.text(`select indisvalid from pg_index where indexrelid = '$ns.events_at'::regclass`), "true")
	})
}

// pattern excludes a table from what Atlas looks at.
func (w *world) pattern(table string) string {
	if w.scoped {
		return table
	}
	return w.schema + "." + table
}

// An interrupted run had begun to drop the remains of an index: they go, although the index is there.
func TestDropsRemainsOfIndex(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2026-01-11", 3)
		w.exec(`create index aside on events__2026_01_12 (at);
			update pg_index set indisvalid = false where indexrelid = 'aside'::regclass;
			do $$ begin execute format('alter index aside rename to partsmith_invalid_%s', 'aside'::regclass::oid); end $$`)
		r := w.runner(eventsHCL("", dailyHCL), "2026-01-11T12:00:00Z")
		r.Concurrently = true
		w.run(r)
		w.Equal(w.text(`select count(*) from pg_class where relname like 'partsmith%'`), "0")
	})
}
