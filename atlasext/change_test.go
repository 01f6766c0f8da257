package atlasext_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/atlasext"
)

// A column, an index and a foreign key come in the same run as a new day: the new partition has them, and the old ones.
func TestChangesTableTogetherWithRollover(t *testing.T) {
	inWorlds(t, func(w *world) {
		users := `
table "users" {
  schema = schema.$ns
  column "id" {
    null = false
    type = bigint
  }
  primary_key {
    columns = [column.id]
  }
}
`
		w.run(w.runner(eventsHCL("", dailyHCL)+users, "2054-01-11T12:00:00Z"))
		more := `
  column "user_id" {
    null = true
    type = bigint
  }
  index "events_user" {
    columns = [column.user_id]
  }
  foreign_key "events_user_fk" {
    columns     = [column.user_id]
    ref_columns = [table.users.column.id]
  }`
		report := w.run(w.runner(eventsHCL(more, dailyHCL)+users, "2054-01-12T12:00:00Z"))
		w.True(len(report.Applied) > 0)
		w.Equal(lifecycleCounts(report).Created, 1)
		w.Equal(w.partitions("events"), "4")
		const having = `select count(*) from pg_inherits i where i.inhparent = '$ns.events'::regclass
			and exists (select from pg_attribute a where a.attrelid = i.inhrelid and a.attname = 'user_id')
			and exists (select from pg_constraint c where c.conrelid = i.inhrelid and c.contype = 'f')
			and exists (select from pg_index x join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
				where x.indrelid = i.inhrelid and a.attname = 'user_id' and x.indisvalid)`
		w.Equal(w.text(having), "4")
	})
}

// A column that was dropped before the key makes Atlas read a wrong key, or none at all.
func TestReadsKeyBehindDroppedColumns(t *testing.T) {
	for name, ddl := range map[string]string{
		"another column stands there": `create table events (old text, id bigint not null, at timestamptz not null, last text, primary key (id, at)) partition by range (at);
			alter table events drop column old`,
		"no column stands there": `create table events (old text, id bigint not null, last text, at timestamptz not null, primary key (id, at)) partition by range (at);
			alter table events drop column old`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorlds(t, func(w *world) {
				w.exec(ddl)
				last := `
  column "last" {
    null = true
    type = text
  }`
				r := w.runner(eventsHCL(last, dailyHCL), "2054-01-11T12:00:00Z")
				w.True(w.aloneFails(r)) // the contrast
				w.Equal(len(w.plan(r).Changes), 0)
				w.Equal(lifecycleCounts(w.run(r)).Created, 3)
			})
		})
	}
}

// A foreign key that references a partitioned table is one foreign key, however many partitions there are.
func TestSeesOneForeignKeyIntoPartitions(t *testing.T) {
	for _, partitions := range []int{1, 13, 100} {
		t.Run(fmt.Sprint(partitions), func(t *testing.T) {
			inWorlds(t, func(w *world) {
				notes := `
table "notes" {
  schema = schema.$ns
  column "id" {
    null = true
    type = bigint
  }
  column "at" {
    null = true
    type = timestamptz
  }
  foreign_key "notes_event" {
    columns     = [column.id, column.at]
    ref_columns = [table.events.column.id, table.events.column.at]
  }
}
`
				policy := strings.Replace(dailyHCL, "ahead = 3", fmt.Sprintf("ahead = %d", partitions), 1)
				r := w.runner(eventsHCL("", policy)+notes, "2054-01-11T12:00:00Z")
				w.run(r)
				w.Equal(w.partitions("events"), fmt.Sprint(partitions))
				w.Equal(strings.Count(strings.Join(w.alone(r), " "), "DROP CONSTRAINT"), partitions) // what Atlas by itself would do
				r = w.runner(eventsHCL("", policy)+notes, "2054-01-12T12:00:00Z")
				report := w.run(r)
				w.Equal(len(report.Applied), 0)
				w.Equal(lifecycleCounts(report).Created, 1)
				w.Equal(len(w.plan(r).Changes), 0)
			})
		})
	}
}

// Indexes of partitioned tables are built partition by partition where writers shall go on.
func TestBuildsIndexesConcurrentlyInParts(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2054-01-11", 2)
		w.exec(`create table events_old partition of events for values from ('2025-01-01 00:00+00') to ('2025-02-01 00:00+00') partition by range (at);
			create table events_old_1 partition of events_old for values from ('2025-01-01 00:00+00') to ('2025-01-15 00:00+00')`)
		more := `
  index "events_at" {
    columns = [column.at]
  }`
		r := w.runner(eventsHCL(more, dailyHCL), "2054-01-11T12:00:00Z")
		r.Concurrently = true
		p := w.plan(r)
		all := strings.Join(changesOf(p), "\n")
		w.Equal(strings.Count(all, "CREATE INDEX CONCURRENTLY"), 3)
		w.Equal(strings.Count(all, "ON ONLY"), 2)
		w.Equal(strings.Count(all, "ATTACH PARTITION"), 4)
		w.run(r)
		w.Equal(w.text(`select indisvalid from pg_index where indexrelid = '$ns.events_at'::regclass`), "true")
		w.Equal(w.partitions("events"), "4")

		r = w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		r.Concurrently = true
		w.run(r)
		w.Equal(w.text(`select to_regclass('$ns.events_at') is null`), "true")
	})
}

// An index that was begun and not finished is told of, and finished where that is asked for.
func TestFinishesHalfBuiltIndex(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2054-01-11", 3)
		w.exec(`create index events_at on only events (at); create index events__2054_01_11_events_at on events__2054_01_11 (at)`)
		more := `
  index "events_at" {
    columns = [column.at]
  }`
		r := w.runner(eventsHCL(more, dailyHCL), "2054-01-11T12:00:00Z")
		p := w.plan(r)
		w.Equal(len(p.Changes), 0)
		w.Equal(len(p.Findings), 1)
		w.Equal(p.Findings[0].Code, "invalid_index")
		r.Concurrently = true
		w.run(r)
		w.Equal(w.text(`select indisvalid from pg_index where indexrelid = '$ns.events_at'::regclass`), "true")
		w.Equal(len(w.plan(r).Findings), 0)
	})
}

// An error says what PostgreSQL says of it in detail.
func TestErrorsCarryDetails(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL + "; create table plain (id int); insert into plain values (7), (7)")
		_, err := w.try(w.runner(eventsHCL("", "")+`
table "plain" {
  schema = schema.$ns
  column "id" {
    null = true
    type = int
  }
  index "once" {
    unique  = true
    columns = [column.id]
  }
}
`, ""))
		var failed *atlasext.ChangeError
		w.True(errors.As(err, &failed))
		w.Equal(failed.SQLState, "23505")
		w.True(strings.HasSuffix(err.Error(), "; DETAIL: Key (id)=(7) is duplicated."))
	})
}
