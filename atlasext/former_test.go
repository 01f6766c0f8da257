package atlasext_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// What was a partition is not dropped because its comment is another one, or because a person detached it.
func TestLeavesFormerPartitionsAlone(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2054-01-01", 5)
		marker := `pg-partsmith:orphan-parent=` + w.schema + `.events\npg-partsmith:detached-at=2054-01-01T00:00:00+00:00`
		w.exec(`insert into events values (1, '2054-01-01'), (2, '2054-01-02'), (3, '2054-01-03'), (4, '2054-01-04');
			alter table events detach partition events__2054_01_01; alter table events detach partition events__2054_01_02;
			alter table events detach partition events__2054_01_03; alter table events detach partition events__2054_01_04;
			comment on table events__2054_01_02 is 'legal hold'; comment on table events__2054_01_03 is E'keep\n` + marker + `';
			alter table events__2054_01_04 rename to renamed; alter table renamed add check (at is not null and at >= '2054-01-04' and at < '2054-01-05');
			create table gone_parent (id int); comment on table gone_parent is E'partsmith:oid=7/8 bound=FOR VALUES IN (1)';
			create table summary (id bigint, at timestamptz); create table events_total (n int)`)
		former := []string{"events__2054_01_01", "events__2054_01_02", "events__2054_01_03", "renamed", "gone_parent"}
		r := w.runner(eventsHCL("column \"more\" {\n null = true\n type = text\n }", ""), "2054-01-05T12:00:00Z")
		report := w.run(r)
		for _, name := range former {
			w.True(w.exists(name))
			w.True(slices.ContainsFunc(report.Plan.Findings, func(f lifecycle.Finding) bool {
				return f.Code == "former_partition" && f.Partition == catalog.Name{Schema: w.schema, Table: name} && strings.Contains(f.Remedy, "--allow-drop-former "+f.Partition.String())
			}))
		}
		w.True(!w.exists("summary")) // like it in some columns alone
		w.True(!w.exists("events_total"))

		w.run(r) // the table has one more column now
		for _, name := range former {
			w.True(w.exists(name))
		}
		r.DropFormer = []catalog.Name{{Schema: w.schema, Table: "events__2054_01_02"}}
		w.run(r)
		w.True(!w.exists("events__2054_01_02"))
		w.True(w.exists("events__2054_01_01"))
	})
}

// A detach that somebody left pending, of a window that the policy keeps, is finished and not dropped afterwards.
func TestFinishedDetachIsNotDropped(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2054-01-01", 3)
		w.exec("insert into events values (1, '2054-01-02')")
		w.leavePending("events", "events__2054_01_02")
		r := w.runner(eventsHCL("", `lifecycle {
      every = "1 day"
      ahead = 3
      keep  = 30
    }`), "2054-01-05T12:00:00Z")
		for range 2 {
			_, err := w.try(r)
			w.NoErr(err)
			w.True(w.exists("events__2054_01_02"))
			w.Equal(w.text("select count(*) from $ns.events__2054_01_02"), "1")
		}
	})
}

// What the desired state declares is a table like any other.
func TestManagesDeclaredFormerPartitions(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL + "; create table events__2054_01_01 (like events)")
		own := `
table "events__2054_01_01" {
  schema = schema.$ns
  column "id" {
    null = false
    type = bigint
  }
}
`
		r := w.runner(eventsHCL("", "")+own, "")
		w.run(r)
		w.Equal(w.text("select count(*) from pg_attribute where attrelid = '$ns.events__2054_01_01'::regclass and attnum > 0 and not attisdropped"), "1")
	})
}

// leavePending interrupts a DETACH CONCURRENTLY, once it pends, while a reader holds the parent.
func (w *world) leavePending(parent, partition string) {
	w.Helper()
	reader, detacher := w.db.Conn(w.T), w.db.Conn(w.T)
	tx, err := reader.BeginTx(w.T.Context(), nil)
	w.NoErr(err)
	_, err = tx.ExecContext(w.T.Context(), "select from "+w.schema+"."+parent)
	w.NoErr(err)
	ended := make(chan error, 1)
	go func() {
		_, err := detacher.ExecContext(w.T.Context(), "alter table "+w.schema+"."+parent+" detach partition "+w.schema+"."+partition+" concurrently")
		ended <- err
	}()
	w.until("select exists (select from pg_inherits where inhdetachpending)")
	w.text("select count(pg_cancel_backend(pid)) from pg_stat_activity where datname = current_database() and query like '%concurrently' and pid <> pg_backend_pid()")
	w.True(<-ended != nil)
	w.NoErr(tx.Rollback())
}

// DROP SCHEMA takes along what inspection hides, so it is a guard's.
func TestSchemaOfHiddenTablesIsNotDropped(t *testing.T) {
	inWorlds(t, func(w *world) {
		if w.scoped {
			return // seen from one schema no other is dropped
		}
		w.exec(eventsSQL + "; create schema old; create table old.other (id int); create table old.goose_db_version (id int)")
		w.attachDays("2054-01-01", 2)
		w.exec("alter table events detach partition events__2054_01_01; alter table events__2054_01_01 set schema old")
		r := w.runner(eventsHCL("", ""), "2054-01-05T12:00:00Z")
		_, err := w.try(r)
		var refused *atlasext.RefusedError
		w.True(errors.As(err, &refused))
		w.Equal(refused.Guards[0].Guard, atlasext.DropSchema)
		w.True(strings.Contains(err.Error(), "schema old is not declared and would be dropped with 2 tables that are otherwise left alone"))
		r.Allow = append(r.Allow, refused.Guards[0].Allowed())
		w.run(r)
		w.Equal(w.text("select to_regnamespace('old') is null"), "true")
	})
}
