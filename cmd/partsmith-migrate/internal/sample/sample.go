// Package sample has tables made by hand, and the plans for them, so that what is written about plans can be tested
// without a server.
//
//	plan := sample.Aged().Plan
package sample

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Case is a table, its policy and the plan for it.
type Case struct {
	Task  lifecycle.Task
	Table catalog.Table
	Plan  lifecycle.Plan
}

// At is the instant that everything is planned for.
func At() time.Time { return time.Date(2026, 11, 20, 14, 30, 0, 0, time.UTC) }

// Aged is a table with something of everything: missing windows, expired partitions, one that waits for its drop and one
// whose waiting time is over.
func Aged() Case {
	t := table("events")
	for day := time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC); day.Day() < 22; day = day.AddDate(0, 0, 1) {
		p := add(&t, "events__"+day.Format("2006_01_02"), bound(day, day.AddDate(0, 0, 1)))
		p.Rows, p.Pages = 1_200_000, 38_000
	}
	orphan(&t, time.Date(2026, 11, 8, 0, 0, 0, 0, time.UTC), "2026-11-10")
	orphan(&t, time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC), "2026-11-18")
	return plan(t, lifecycle.Policy{Every: period.Days(1), Ahead: period.Days(30), Keep: period.Windows(7), DropAfter: period.Days(7)})
}

// Beside is a table by month with a DEFAULT partition, in a zone of its own, that keeps for ever.
func Beside() Case {
	t := table("payments")
	t.Name.Schema = "Sales"
	berlin := time.FixedZone("", 3600)
	newest := add(&t, "payments__2026_11", bound(time.Date(2026, 11, 1, 0, 0, 0, 0, berlin), time.Date(2026, 12, 1, 0, 0, 0, 0, berlin)))
	newest.Own = []catalog.Own{{Kind: catalog.OwnIndex, Name: "by_payer", Def: "USING btree (payer)", Partitions: 1}}
	add(&t, "payments_rest", "DEFAULT")
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		zone = berlin
	}
	return plan(t, lifecycle.Policy{Every: period.Months(1), Ahead: period.Windows(3), Zone: zone})
}

// Fine is a table that needs nothing.
func Fine() Case {
	t := table("clicks")
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for range 2 {
		add(&t, "clicks__"+day.Format("2006_01_02"), bound(day, day.AddDate(0, 0, 1)))
		day = day.AddDate(0, 0, 1)
	}
	return plan(t, lifecycle.Policy{Every: period.Days(1), Ahead: period.Windows(2)})
}

// Plain is a table that is not partitioned.
func Plain() Case {
	t := table("plain")
	t.Kind, t.Strategy, t.Key = "r", "", nil
	return plan(t, lifecycle.Policy{Every: period.Days(1)})
}

// Missing is a table that does not exist.
func Missing() Case {
	return plan(catalog.Table{Name: catalog.Name{Schema: "public", Table: "missing"}, Missing: true}, lifecycle.Policy{Every: period.Days(1)})
}

// Lacking is a table on which the role has no rights.
func Lacking() Case {
	t := table("foreign")
	t.Lacks = []catalog.Right{{What: "ownership", Relation: "public.foreign", Grant: "GRANT boss TO app"}}
	return plan(t, lifecycle.Policy{Every: period.Days(1), Ahead: period.Windows(2)})
}

func table(name string) catalog.Table {
	key := catalog.Column{Name: "at", Type: "timestamp with time zone"}
	return catalog.Table{OID: 1000, Name: catalog.Name{Schema: "public", Table: name}, Kind: "p", Strategy: catalog.Range,
		Key: []catalog.Column{key}, Columns: []catalog.Column{key}, Owner: "app",
		Target: catalog.Schema{Name: "public", Exists: true, Create: true},
		Server: catalog.Server{Version: 180000, Role: "app", TimeZones: []string{"UTC"}, DeadlockTimeout: time.Second}}
}

func add(t *catalog.Table, name, bound string) *catalog.Partition {
	t.Partitions = append(t.Partitions, catalog.Partition{OID: t.OID + uint32(len(t.Partitions)) + 1,
		Name: catalog.Name{Schema: t.Name.Schema, Table: name}, Kind: "r", Bound: catalog.ParseBound(bound), State: catalog.Attached, Rows: -1, Owner: "app", Trusted: true})
	return &t.Partitions[len(t.Partitions)-1]
}

func orphan(t *catalog.Table, day time.Time, detached string) {
	text := bound(day, day.AddDate(0, 0, 1))
	at, _ := time.Parse(time.DateOnly, detached)
	p := add(t, t.Name.Table+"__"+day.Format("2006_01_02"), text)
	p.State, p.Bound, p.Rows, p.Pages = catalog.Detached, catalog.Bound{}, 900_000, 30_000
	p.Marker = &catalog.Marker{Parent: t.Name, DetachedAt: at, OID: p.OID, ParentOID: t.OID, Bound: text}
	p.Comment = p.Marker.String()
}

func bound(from, to time.Time) string {
	const layout = "2006-01-02 15:04:05-07"
	return fmt.Sprintf("FOR VALUES FROM ('%s') TO ('%s')", from.Format(layout), to.Format(layout))
}

// plan answers what the plan asks: names are free, DEFAULT is empty, one partition was looked at.
func plan(t catalog.Table, policy lifecycle.Policy) Case {
	made := lifecycle.MakePlan(t, policy, At())
	t.Answers = catalog.Answers{}
	for range 2 {
		for _, ask := range made.Asks {
			t.Answers[ask] = catalog.Answer{Known: true}
			if ask.Kind == catalog.AskOwn {
				t.Answers[ask] = catalog.Answer{Known: true, Count: 1}
			}
		}
		made = lifecycle.MakePlan(t, policy, At())
	}
	return Case{lifecycle.Task{Table: t.Name, Policy: policy}, t, made}
}
