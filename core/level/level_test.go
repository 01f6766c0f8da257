package level

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// events is a table by days with the bounds of its partitions.
func events(columnType string, bounds ...string) catalog.Table {
	table := catalog.Table{Name: catalog.Name{Schema: "public", Table: "events"}, Kind: "p", Strategy: catalog.Range,
		Key: []catalog.Column{{Name: "at", Type: columnType}}}
	for i, bound := range bounds {
		table.Partitions = append(table.Partitions, catalog.Partition{OID: uint32(i + 1), Name: catalog.Name{Schema: "public", Table: "p" + string(rune('a'+i))},
			Kind: "r", Bound: catalog.ParseBound(bound), State: catalog.Attached})
	}
	return table
}

func noon() period.Point { return period.Instant(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)) }

func days(ahead, keep int) Rule {
	return Rule{Every: period.Days(1), Ahead: period.Windows(ahead), Keep: period.Windows(keep)}
}

func read(t *testing.T, table catalog.Table, rule Rule) *Level {
	t.Helper()
	l, err := Read(table, rule, noon())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// What the level writes as a bound it reads back as the same share, whatever the type and however many columns the key has.
func TestBoundsComeBack(t *testing.T) {
	t.Parallel()
	for _, columnType := range []string{"timestamp with time zone", "timestamp without time zone", "date"} {
		for columns := 1; columns <= 3; columns++ {
			table := events(columnType)
			for len(table.Key) < columns {
				table.Key = append(table.Key, catalog.Column{Name: "id", Type: "bigint"})
			}
			l := read(t, table, days(40, 3))
			for _, p := range l.Missing(nil) {
				back := l.Decode(catalog.ParseBound(l.Key(p.Share).Bound()))
				if !back.Known || back.Share != p.Share || back.Wide || back.Expired {
					t.Errorf("%s, %d columns: %s comes back as %+v", columnType, columns, p.Share, back)
				}
				if named := l.Named(l.Name(p)); named.Share != p.Share {
					t.Errorf("%s names %s, not %s", l.Name(p), named, p.Share)
				}
			}
		}
	}
}

// Parts come in the order of what they hold, each with what the rule makes of it.
func TestParts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l := read(t, events("date",
		"FOR VALUES FROM ('2026-11-20') TO ('2026-11-21')",
		"FOR VALUES FROM ('2026-10-01') TO ('2026-11-01')",
		"FOR VALUES FROM ('2026-11-17') TO ('2026-11-18')",
		"DEFAULT"), days(2, 3))
	var names string
	for _, p := range l.Parts {
		names += p.Name.Table
		is.Equal(p.Known, p.Name.Table != "pd")
		is.Equal(p.Wide, p.Name.Table == "pb")
		is.Equal(p.Expired, p.Name.Table == "pb" || p.Name.Table == "pc")
		is.Equal(l.Taken(p.Share), p.Known)
	}
	is.Equal(names, "pdpbpcpa")
	is.Equal(len(l.Covered), 3)
	is.Equal(l.Cutoff.String(), "2026-11-18T00:00:00Z")
	is.Equal(l.Past.Window.To, l.Cutoff)
	is.Equal(len(l.Wanted), 2)
}

// The current window and what comes after it are more urgent than the past, and what is past keeping is not wanted at all.
func TestMissing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	rule := days(3, 3)
	rule.Behind = 9
	l := read(t, events("date", "FOR VALUES FROM ('2026-11-20') TO ('2026-11-21')"), rule)
	back := []Share{l.Named("events__2026_11_19").Share}
	var names []string
	for _, p := range l.Missing(back) {
		names = append(names, l.Name(p))
		is.True(p.Whole)
		is.True(p.Early().Empty())
		is.Equal(p.Later, l.Name(p) > "events__2026_11_20")
		is.Equal(p.Urgent, l.Name(p) < "events__2026_11_22")
	}
	is.Equal(names, []string{"events__2026_11_21", "events__2026_11_22", "events__2026_11_18"})
}

// Keys of shares that touch are one.
func TestKeysOfSharesThatTouch(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l := read(t, events("date"), days(4, 3))
	keys := l.Keys([]Share{l.Wanted[3], l.Wanted[1], l.Wanted[0]})
	is.Equal(len(keys), 2)
	is.Equal(keys[0].From+" "+keys[0].To, "2026-11-20 2026-11-22")
}

// What does not fit says what to write.
func TestMisfits(t *testing.T) {
	t.Parallel()
	plain, list, byExpression := events("date"), events("date"), events("date")
	plain.Strategy, list.Strategy, byExpression.Key = "", catalog.List, []catalog.Column{{}}
	hours, column, unnamed := Rule{Every: period.Hours(1)}, days(1, 1), days(1, 1)
	column.Column, unnamed.Name = "other", "{table}"
	for name, c := range map[string]struct {
		table catalog.Table
		rule  Rule
		field string
	}{
		"not partitioned":   {table: plain, rule: days(1, 1)},
		"by list":           {table: list, rule: days(1, 1)},
		"by an expression":  {table: byExpression, rule: days(1, 1)},
		"another column":    {table: events("date"), rule: column},
		"a type of no time": {table: events("bigint"), rule: days(1, 1)},
		"hours of a date":   {table: events("date"), rule: hours},
		"a name for all":    {table: events("date"), rule: unnamed, field: "name"},
	} {
		_, err := Read(c.table, c.rule, noon())
		var misfit *Misfit
		var field *FieldError
		switch {
		case c.field == "" && (!errors.As(err, &misfit) || misfit.Remedy == ""):
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (!errors.As(err, &field) || field.Field != c.field):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The CHECK that a concurrent detach leaves tells what the partition held.
func TestBoundOfCheck(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l := read(t, events("date"), days(1, 1))
	e := l.Decode(BoundOfCheck("CHECK (((at IS NOT NULL) AND (at >= '2026-11-20'::date) AND (at < '2026-11-21'::date)))"))
	is.True(e.Known)
	is.Equal(e.Share, l.Wanted[0])
	is.True(!l.Decode(BoundOfCheck("CHECK ((at >= '2026-11-20'::date))")).Known)
}
