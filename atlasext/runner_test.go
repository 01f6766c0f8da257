package atlasext_test

import (
	"testing"
)

// Twelve partitions and a DEFAULT are nothing that Atlas would change; what is coming is created, and then there is peace.
func TestLeavesPartitionsAlone(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2054-01-01", 12)
		w.exec("create table events_rest partition of events default")
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		p := w.plan(r)
		w.Equal(len(p.Changes), 0)
		w.Equal(len(p.Partitions[0].Operations()), 1) // the 13th
		report := w.run(r)
		w.Equal(lifecycleCounts(report).Created, 1)
		w.Equal(w.partitions("events"), "14")
		again := w.run(r)
		w.Equal(len(again.Results), 0)
	})
}

// A table and its partitions are made in one run, on a database that has neither.
func TestMakesTableAndPartitionsInOneRun(t *testing.T) {
	inWorlds(t, func(w *world) {
		r := w.runner(eventsHCL("", dailyHCL), "2054-01-11T12:00:00Z")
		p := w.plan(r)
		w.Equal(len(p.Changes), 1)
		w.Equal(len(p.Partitions[0].Operations()), 3)
		report := w.run(r)
		w.Equal(len(report.Applied), 1)
		w.Equal(report.Attempts, 1)
		w.Equal(lifecycleCounts(report).Created, 3)
		w.Equal(w.partitions("events"), "3")
		w.True(w.exists("events__2054_01_13"))
	})
}

// A detached partition waits for its time, and not for the next deploy.
func TestLetsDetachedPartitionsWait(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2054-01-01", 10)
		keep := `lifecycle {
      every      = "1 day"
      ahead      = 3
      keep       = "7 days"
      drop_after = "2 days"
    }`
		r := w.runner(eventsHCL("", keep), "2054-01-09T12:00:00Z")
		report := w.run(r)
		w.Equal(lifecycleCounts(report).Detached, 1)
		w.True(w.exists("events__2054_01_01"))
		w.Equal(w.partitions("events"), "10")

		w.Equal(w.alone(r), []string{`DROP TABLE "` + w.schema + `"."events__2054_01_01"`}) // what Atlas by itself would do

		report = w.run(w.runner(eventsHCL("", keep), "2054-01-10T12:00:00Z"))
		w.Equal(lifecycleCounts(report).Dropped, 0)
		w.True(w.exists("events__2054_01_01"))
		report = w.run(w.runner(eventsHCL("", keep), "2054-01-11T13:00:00Z"))
		w.Equal(lifecycleCounts(report).Dropped, 1)
		w.True(!w.exists("events__2054_01_01"))
	})
}
