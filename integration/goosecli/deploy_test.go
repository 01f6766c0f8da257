package goosecli

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	partitions = "select count(*) from pg_inherits where inhparent = to_regclass('events')"
	key        = "4097083626" // goose's
)

// Goose itself applies what stands before the file, and then stops.
func goFileStopsBeforeAnything(t *testing.T, programs programs) {
	d := newDeploy(t, programs.ours)
	code := map[string]string{"00003_code.go": "package migrations"}
	for _, args := range []string{"up", "up-by-one", "up-to 3"} {
		want := 1
		if args == "up-by-one" {
			want = 0 // it does not come to the file
		}
		d.write("migrations/00001_events.sql", first()["00001_events.sql"])
		if said, got := d.run(step{args: args, more: code}); got != want || got == 1 &&
			!strings.Contains(said, "goose run: ERROR migrations/00003_code.go: failed to run Go migration: Go functions must be registered") {
			t.Errorf("%s: %d\n%s", args, got, said)
		}
		if args == "up" && d.answer("select to_regclass('goose_db_version')") != "null" {
			t.Error("something was applied")
		}
	}
	if got := d.answer(history + "goose_db_version"); got != "0 true, 1 true" {
		t.Errorf("versions %s", got)
	}
	if _, got := d.run(step{args: "up-to 2"}); got != 0 {
		t.Errorf("up to what can be applied: %d", got)
	}
}

// Whatever became of the table, after every run upwards it has its partitions, and after a run downwards nothing was made.
func partitionsFollow(t *testing.T, programs programs) {
	d := newDeploy(t, programs.ours)
	for _, s := range []struct {
		args, partitions string
		code             int
	}{
		{"status", "0", 0}, {"up-to 1", "3", 0}, {"up", "3", 0}, {"down-to 0", "0", 0}, {"up-by-one", "3", 0}, {"redo", "3", 0},
		{"reset", "0", 0}, {"-no-versioning up", "3", 0},
	} {
		if said, got := d.run(step{args: s.args}); got != s.code {
			t.Errorf("%s: %d\n%s", s.args, got, said)
		}
		if got := d.answer(partitions); got != s.partitions {
			t.Errorf("%s: %s partitions, expected %s", s.args, got, s.partitions)
		}
	}
	d.db.Exec(t, "drop table events; "+events)
	for _, args := range []string{"status", "version", "down"} {
		d.run(step{args: args})
		if got := d.answer(partitions); got != "0" {
			t.Errorf("%s made %s partitions", args, got)
		}
	}
}

// A failed migration leaves partitions made and nothing retired.
func failureOnlyCreates(t *testing.T, programs programs) {
	d := newDeploy(t, programs.ours)
	d.write("partsmith.yaml", strings.Replace(policies, "keep: 10", "keep: 2", 1))
	d.write("migrations/00001_events.sql", migration(events+"\ncreate table old partition of events for values from ('2020-01-01 00:00+00') to ('2020-01-02 00:00+00');", ""))
	bad := map[string]string{"00003_bad.sql": migration("select nope;", "")}
	if said, got := d.run(step{args: "up", more: bad}); got != 1 || d.answer(partitions) != "4" {
		t.Errorf("%d, %s partitions\n%s", got, d.answer(partitions), said)
	}
	if said, got := d.run(step{args: "up", more: map[string]string{"00003_bad.sql": ""}}); got != 0 || d.answer(partitions) != "3" {
		t.Errorf("%d, %s partitions\n%s", got, d.answer(partitions), said)
	}
}

// Pods that begin together on an empty database: one applies, all succeed. Goose's own command fails there.
func manyAtOnce(t *testing.T, programs programs) {
	d := newDeploy(t, programs.ours)
	d.write("migrations/00002_people.sql", migration("create table people (name text); select pg_sleep(0.3);", "drop table people;"))
	said := make([]string, 8)
	var pods sync.WaitGroup
	for i := range said {
		pods.Go(func() {
			text, code := d.run(step{args: "up"})
			said[i] = fmt.Sprintf("%d\n%s", code, text)
		})
	}
	pods.Wait()
	all := strings.Join(said, "\n")
	if strings.Count(all, "OK   00001_events.sql") != 1 || strings.Count(all, "OK   00002_people.sql") != 1 {
		t.Errorf("not applied once:\n%s", all)
	}
	for _, text := range said {
		if !strings.HasPrefix(text, "0\n") {
			t.Error(text)
		}
	}
	if got := d.answer(history + "goose_db_version"); got != "0 true, 1 true, 2 true" {
		t.Errorf("versions %s", got)
	}
}

// Another session holds the key.
func besideAHolder(t *testing.T, programs programs) {
	d := newDeploy(t, programs.ours)
	conn := d.db.Conn(t)
	hold := func(function string) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), "select "+function+"("+key+")"); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(args string, want int, words string) {
		t.Helper()
		if said, got := d.run(step{args: args}); got != want || !strings.Contains(said, words) {
			t.Errorf("%s: %d, expected %d with %q\n%s", args, got, want, words, said)
		}
	}
	hold("pg_advisory_lock")
	expect("-wait 0 up", 4, "is held by pid")
	if got := d.answer("select to_regclass('goose_db_version')"); got != "null" {
		t.Error("migrated without the lock")
	}
	expect("-wait 0 down", 4, "is held by pid")
	expect("-wait 0 -lock none up-to 1", 4, "OK   00001_events.sql") // partitions are due
	expect("status", 0, "Pending                  -- 00002_people.sql")
	expect("version", 0, "goose: version 1")
	hold("pg_advisory_unlock")
	expect("up", 0, "created")
	hold("pg_advisory_lock")
	began := time.Now()
	expect("up", 0, "no migrations to run. current version: 2")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("nothing to do took %s", took)
	}
	d.write("partsmith.yaml", strings.Replace(policies, "ahead: 3, keep: 10", "ahead: 1, keep: 1", 1))
	d.db.Exec(t, "create table old partition of events for values from ('2020-01-01 00:00+00') to ('2020-01-02 00:00+00')")
	expect("-wait 0 up", 0, "skipped") // only retirement is due
}
