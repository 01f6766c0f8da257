package level

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// windows divides a level by windows of time, which the first column of the key carries.
type windows struct {
	reach
	table    catalog.Table
	key      catalog.Column
	encoding period.Encoding
	pattern  period.Pattern
	reading  period.Reading  // what the names of the partitions that exist say about their pattern
	parts    []Part          // the table's partitions, sorted
	covered  []period.Window // what attached ones hold, sorted
	cutoff   period.Point
	longest  time.Duration // no window near now is longer
	zoneFrom ZoneFrom
	zones    []*time.Location // that the existing bounds fit alike; the first is taken
	strange  []period.Point   // edges that are midnights of no zone of the server's
	zoneNote []Note
}

// Read reads a table under a rule at a cursor. Its error, a *Misfit or a *FieldError, says in one sentence why the two do not
// fit.
func Read(table catalog.Table, rule Rule, cursor period.Point) (*Level, error) {
	column, err := keyColumn(table, rule)
	if err != nil {
		return nil, err
	}
	if err := rule.CheckWidth(); err != nil {
		return nil, err
	}
	encoding, err := period.EncodingOf(column.Type, rule.Encoding, rule.zone())
	if err != nil {
		return nil, unreadKey(column, rule, err)
	}
	w := &windows{table: table, key: column, encoding: encoding}
	w.readBounds()
	w.settleZone(&rule, table.Server)
	w.reach = rule.at(cursor)
	w.longest = longest(w.calendar, w.current)
	if err := w.fits(); err != nil {
		return nil, err
	}
	w.cutoff = w.reach.cutoff()
	for i := range w.parts {
		w.judge(&w.parts[i].Extent)
	}
	w.noteZone()
	w.reading = w.recognise()
	if w.pattern, err = w.choosePattern(); err != nil {
		return nil, err
	}
	return w.level(), nil
}

// level is what the windows say of the level.
func (w *windows) level() *Level {
	l := &Level{Division: w, Parts: w.parts, Covered: stretches(w.meantBy(w.covered)), Cutoff: w.cutoff, Least: w.least(), Brake: w.brake(),
		Zone: w.zone, ZoneFrom: w.zoneFrom, Strange: w.strange}
	for _, v := range w.wanted() {
		l.Wanted = append(l.Wanted, Share{v})
	}
	l.Horizon = l.Wanted[len(l.Wanted)-1].Window.To
	if !l.Cutoff.IsZero() {
		l.Past = Share{period.Window{From: period.Low(), To: w.calendar.At(l.Cutoff).From}}
	}
	return l
}

// readBounds decodes the bounds once: what depends on a zone is only what clocks on the wall show, and that of the rule.
func (w *windows) readBounds() {
	w.parts = make([]Part, len(w.table.Partitions))
	for i := range w.table.Partitions {
		p := &w.parts[i]
		p.Partition = &w.table.Partitions[i]
		p.Window, p.Known = w.window(p.Bound)
	}
	slices.SortStableFunc(w.parts, func(x, y Part) int { return x.Compare(y.Share) })
	w.covered = make([]period.Window, 0, len(w.parts))
	for i := range w.parts {
		if p := &w.parts[i]; p.Covers() {
			w.covered = append(w.covered, p.Window)
		}
	}
}

// fits refuses windows that the column's type cannot tell apart: hours of a date.
func (w *windows) fits() error {
	next := w.calendar.Add(w.current, 1)
	for _, p := range []period.Point{w.current.From, w.current.To, next.To} {
		if !period.Fits(w.encoding, p) {
			return &Misfit{fmt.Sprintf("key column %s of type %s cannot hold the edges of its windows, such as %s", catalog.QuoteIdent(w.key.Name), w.key.Type, p),
				"Give a longer `every`, in whole days for a column of type date; a time of day needs a timestamp."}
		}
	}
	return nil
}

// judge says what the rule makes of what a partition holds.
func (w *windows) judge(e *Extent) {
	e.Wide = e.Known && w.wide(e.Window)
	e.Expired = e.Known && e.Window.To.Finite() && !w.cutoff.IsZero() && !w.cutoff.Before(e.Window.To)
}

func (w *windows) extent(v period.Window, known bool) Extent {
	e := Extent{Share: Share{v}, Known: known}
	w.judge(&e)
	return e
}

func (w *windows) Decode(b catalog.Bound) Extent { return w.extent(w.window(b)) }

func (w *windows) Named(name string) Extent {
	return w.extent(w.pattern.Parse(w.table.Name.Table, name))
}

// window decodes a bound. It is false for DEFAULT and for a bound that is no window of the first column.
func (w *windows) window(b catalog.Bound) (period.Window, bool) {
	from, ok := w.point(b.From)
	if !ok {
		return period.Window{}, false
	}
	to, ok := w.point(b.To)
	return period.Window{From: from, To: to}, ok
}

// point decodes one side of a bound: the first column carries the window, the others must be MINVALUE
// (or, above MAXVALUE in the first, MAXVALUE: PostgreSQL wants it repeated).
func (w *windows) point(side []catalog.Datum) (period.Point, bool) {
	if len(side) == 0 {
		return period.Point{}, false
	}
	for _, rest := range side[1:] {
		if !rest.Low && !side[0].High {
			return period.Point{}, false
		}
	}
	switch first := side[0]; {
	case first.Low:
		return period.Low(), true
	case first.High:
		return period.High(), true
	default:
		p, err := w.encoding.Decode(first.Text)
		return p, err == nil
	}
}

// MayReach goes by the first column.
func (w *windows) MayReach(b catalog.Bound, s Share) bool {
	first := func(side []catalog.Datum) []catalog.Datum { return side[:min(1, len(side))] }
	from, ok := w.point(first(b.From))
	to, ok2 := w.point(first(b.To))
	return ok && ok2 && from.Before(s.Window.To) && s.Window.From.Compare(to) <= 0
}

func (w *windows) Taken(s Share) bool { return slices.ContainsFunc(w.covered, s.Window.Overlaps) }

func (w *windows) Key(s Share) ddl.Key {
	return ddl.Key{Column: w.key.Name, Collation: w.key.Collation, From: w.encoding.Literal(s.Window.From), To: w.encoding.Literal(s.Window.To),
		Columns: len(w.table.Key)}
}

func (w *windows) Keys(shares []Share) (keys []ddl.Key) {
	var all []period.Window
	for _, s := range shares {
		all = append(all, s.Window)
	}
	for _, v := range stretches(sorted(all)) {
		keys = append(keys, w.Key(Share{v}))
	}
	return keys
}

func (w *windows) Rows(relation uint32, s Share) catalog.Ask {
	ask := catalog.Ask{Kind: catalog.AskRows, Relation: relation, To: w.encoding.Literal(s.Window.To)}
	if s.Window.From != period.Low() {
		ask.From = w.encoding.Literal(s.Window.From)
	}
	return ask
}

func (w *windows) Why(s Share) string {
	return fmt.Sprintf("keep %s: it ends %s, and what ends by %s has expired", w.rule.Keep, toTheSecond(s.Window.To), toTheSecond(w.cutoff))
}

// toTheSecond writes a point for people: instants to the second.
func toTheSecond(p period.Point) string {
	if t, ok := p.Time(); ok {
		return t.Format(time.RFC3339)
	}
	return p.String()
}

// edges are the two comparisons with a literal in the CHECK that DETACH CONCURRENTLY leaves:
// CHECK ((at IS NOT NULL) AND (at >= '…'::type) AND (at < '…'::type)), PostgreSQL 14 to 18.
var edges = regexp.MustCompile(`(>=|<) '((?:[^']|'')*)'::`)

// BoundOfCheck is the bound that the CHECK tells which DETACH CONCURRENTLY leaves on a partition; zero where a CHECK is another.
func BoundOfCheck(def string) catalog.Bound {
	found := edges.FindAllStringSubmatch(def, -1)
	if len(found) != 2 || found[0][1] != ">=" || found[1][1] != "<" {
		return catalog.Bound{}
	}
	side := func(i int) []catalog.Datum { return []catalog.Datum{{Text: found[i][2]}} }
	return catalog.Bound{From: side(0), To: side(1)}
}
