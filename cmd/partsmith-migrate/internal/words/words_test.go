package words

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
)

func span(t *testing.T, text string) period.Span {
	t.Helper()
	s, err := period.ParseSpan(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMoments(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	at := func(text string) period.Point {
		moment, err := time.Parse(time.RFC3339Nano, text)
		is.NoErr(err)
		return period.Instant(moment)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	is.NoErr(err)
	is.Equal(Point(at("2026-11-20T00:00:00Z"), nil), "2026-11-20")
	is.Equal(Point(at("2026-11-19T23:00:00Z"), berlin), "2026-11-20")
	is.Equal(Point(at("2026-11-20T14:30:00Z"), nil), "2026-11-20 14:30")
	is.Equal(Point(at("2026-11-20T14:30:01.5Z"), nil), "2026-11-20 14:30:01.5")
	is.Equal(Point(period.ID(100), nil), "100")
	is.Equal(Window(period.Window{From: at("2026-11-20T18:00:00Z"), To: at("2026-11-21T00:00:00Z")}, nil), "2026-11-20 18:00 to 2026-11-21 00:00")
	is.Equal(Window(period.Window{From: period.Low(), To: period.High()}, nil), "the beginning to the end")
	is.Equal(Window(period.Window{}, nil), "")
	now, _ := at("2026-11-20T12:00:00Z").Time()
	is.Equal(Runway(lifecycle.Runway{Until: at("2026-11-22T00:00:00Z")}, now, nil), "1 day 12 hours (to 2026-11-22)")
	is.Equal(Runway(lifecycle.Runway{Until: period.High()}, now, nil), "without end")
	is.Equal(Runway(lifecycle.Runway{Until: at("2026-11-20T12:00:00Z")}, now, nil), "none: no partition holds the rows of now")
	is.Equal(Runway(lifecycle.Runway{Until: at("2026-11-20T12:00:00Z"), Default: true}, now, nil), "none: the rows of now fall into the DEFAULT partition")
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	days := lifecycle.Policy{Every: span(t, "1 day"), Keep: span(t, "90"), DropAfter: span(t, "7 days"), Ahead: span(t, "14 days")}
	is.Equal(Every(days, level.ZoneByDefault), "a partition for each day (UTC)")
	is.Equal(Every(days, level.ZoneOfExisting), "a partition for each day (UTC)")
	elsewhere := days
	elsewhere.Zone = time.FixedZone("America/New_York", -5*60*60)
	is.Equal(Every(elsewhere, level.ZoneOfExisting), "a partition for each day, timezone: as existing (America/New_York)")
	is.Equal(Every(elsewhere, level.ZoneOfPolicy), "a partition for each day (America/New_York)")
	is.Equal(Keep(days, period.Point{}), "90 windows = 90 days; what is detached is dropped 7 days later")
	is.Equal(Ahead(days, period.Point{}), "14 days")
	hours := lifecycle.Policy{Every: span(t, "6 hours"), Keep: span(t, "8"), DropAfter: span(t, "0")}
	is.Equal(Every(hours, level.ZoneByDefault), "a partition for every 6 hours (UTC)")
	is.Equal(Keep(hours, period.Point{}), "8 windows = 2 days; what is detached is dropped in the same run")
	is.Equal(Ahead(hours, period.Point{}), "14 days or 4 windows, whichever reaches further")
	is.Equal(Keep(lifecycle.Policy{}, period.Point{}), "for ever: nothing is detached")
	is.Equal(Every(lifecycle.Policy{Every: span(t, "1 week")}, level.ZoneByDefault), "a partition for each week (UTC)")
	is.Equal(Every(lifecycle.Policy{Every: span(t, "14 days")}, level.ZoneByDefault), "a partition for every 2 weeks (UTC)")
	is.Equal(Every(lifecycle.Policy{Every: span(t, "3 days")}, level.ZoneByDefault), "a partition for every 3 days (UTC)")
	months := lifecycle.Policy{Every: span(t, "1 month"), Keep: span(t, "12")}
	is.Equal(Keep(months, period.Point{}), "12 windows = 1 year; what is detached is never dropped")
}

func TestEffect(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	name := func(table string) catalog.Name { return catalog.Name{Schema: "s", Table: table} }
	partition := name("p")
	op := func(kind lifecycle.Kind, locks ...lifecycle.RelationLock) []lifecycle.Operation {
		return []lifecycle.Operation{{Kind: kind, Partition: partition, Locks: locks}}
	}
	is.Equal(Effect(op(lifecycle.Create, lifecycle.RelationLock{Relation: name("t"), Mode: "SHARE UPDATE EXCLUSIVE"},
		lifecycle.RelationLock{Relation: partition, Mode: "ACCESS EXCLUSIVE"}), lifecycle.Limits{}), "nobody waits: readers and writers go on")
	is.Equal(Effect(op(lifecycle.Detach, lifecycle.RelationLock{Relation: name("t"), Mode: "ACCESS EXCLUSIVE"},
		lifecycle.RelationLock{Relation: name("r"), Mode: "SHARE ROW EXCLUSIVE"}), lifecycle.Limits{}),
		"readers and writers of s.t, and writers of s.r wait, for 300 ms at most at a time")
	is.Equal(Effect(op(lifecycle.Create, lifecycle.RelationLock{Relation: name("r"), Mode: "SHARE ROW EXCLUSIVE"}),
		lifecycle.Limits{Lock: 50 * time.Millisecond}), "writers of s.r wait, for 150 ms at most at a time")
	var many []lifecycle.RelationLock
	for _, table := range []string{"a", "b", "c", "d", "e"} {
		many = append(many, lifecycle.RelationLock{Relation: name(table), Mode: "SHARE ROW EXCLUSIVE"})
	}
	is.Equal(Effect(op(lifecycle.Create, many...), lifecycle.Limits{}), "writers of s.a, s.b, s.c and 2 more wait, for 250 ms at most at a time")
}

func TestAbout(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(About(period.Instant(time.Date(2026, 11, 18, 21, 42, 33, 902_018_000, time.UTC)), nil), "2026-11-18 21:42")
	is.Equal(About(period.High(), nil), "the end")
}
