package lifecycle

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// axis is the key of one table under its policy: how it is divided, how its values are written, and where now lies on it.
type axis struct {
	calendar period.Calendar
	encoding period.Encoding
	zone     *time.Location
	pattern  period.Pattern
	current  period.Window  // the window that holds now
	longest  time.Duration  // no window near now is longer; 0 where windows are not of time
	reading  period.Reading // what the names of the partitions that exist say about their pattern
	bounds   []bounds       // of the table's partitions, in their order
	zoneFrom ZoneFrom
	zones    []*time.Location // that the existing bounds fit alike; the first is taken
	strange  []period.Point   // edges that are midnights of no zone of the server's
}

// bounds are a partition's bound decoded; known is false for DEFAULT and for a bound that is no window of the first column.
type bounds struct {
	window period.Window
	known  bool
}

// slack is what a zone may add to or take from a calendar window: the largest change of offset but a date line's is two hours.
const slack = 3 * time.Hour

// newAxis reads the table's key under the policy. Its error is one sentence about why the two do not fit.
func newAxis(table catalog.Table, policy Policy, now period.Point) (axis, error) {
	column, err := keyColumn(table, policy)
	if err != nil {
		return axis{}, err
	}
	if err := policy.checkFields(); err != nil {
		return axis{}, err
	}
	encoding, err := period.EncodingOf(column.Type, policy.Encoding, policy.zone())
	if err != nil {
		return axis{}, unreadKey(column, policy, err)
	}
	a := axis{encoding: encoding}
	a.readBounds(table)
	a.settleZone(policy, table.Server)
	policy.Zone = a.zone
	a.calendar = policy.calendar()
	a.current = a.calendar.At(now)
	a.longest = longest(a.calendar, a.current)
	if err := a.fits(column); err != nil {
		return axis{}, err
	}
	a.reading = a.recognise(table)
	a.pattern, err = a.choosePattern(table, policy)
	return a, err
}

// readBounds decodes the bounds once: what depends on a zone is only what clocks on the wall show, and that of the policy.
func (a *axis) readBounds(table catalog.Table) {
	a.bounds = make([]bounds, len(table.Partitions))
	for i, p := range table.Partitions {
		a.bounds[i].window, a.bounds[i].known = a.window(p.Bound)
	}
}

// keyColumn is the column of the key that carries the window.
func keyColumn(table catalog.Table, policy Policy) (catalog.Column, error) {
	var none catalog.Column
	switch {
	case table.Strategy == "":
		return none, notPartitioned(table)
	case table.Strategy != catalog.Range:
		return none, otherStrategy(table)
	case len(table.Key) == 0 || table.Key[0].Name == "":
		return none, byExpression()
	}
	column := table.Key[0]
	if policy.Column != "" && policy.Column != column.Name {
		return none, otherColumn(column, policy)
	}
	return column, nil
}

// kindOf says what kind of relation pg_class.relkind means.
func kindOf(relkind string) string {
	kinds := map[string]string{"r": "the table", "v": "a view", "m": "a materialized view", "f": "a foreign table", "S": "a sequence", "i": "an index", "c": "a type"}
	if kind, ok := kinds[relkind]; ok {
		return kind
	}
	return "the relation"
}

// fits refuses windows that the column's type cannot tell apart: hours of a date.
func (a axis) fits(column catalog.Column) error {
	next := a.calendar.Add(a.current, 1)
	for _, p := range []period.Point{a.current.From, a.current.To, next.To} {
		if back, err := a.encoding.Decode(a.encoding.Literal(p)); err != nil || back != p {
			return &unfit{fmt.Sprintf("key column %s of type %s cannot hold the edges of its windows, such as %s", catalog.QuoteIdent(column.Name), column.Type, p),
				"Give a longer `every`, in whole days for a column of type date; a time of day needs a timestamp."}
		}
	}
	return nil
}

// window decodes a bound. It is false for DEFAULT and for a bound that is no window of the first column.
func (a axis) window(b catalog.Bound) (period.Window, bool) {
	from, ok := a.point(b.From)
	if !ok {
		return period.Window{}, false
	}
	to, ok := a.point(b.To)
	return period.Window{From: from, To: to}, ok
}

// point decodes one side of a bound: the first column carries the window, the others must be MINVALUE
// (or, above MAXVALUE in the first, MAXVALUE: PostgreSQL wants it repeated).
func (a axis) point(side []catalog.Datum) (period.Point, bool) {
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
		p, err := a.encoding.Decode(first.Text)
		return p, err == nil
	}
}

// bound writes a window as the text of a bound for a key of n columns.
func (a axis) bound(w period.Window, n int) string {
	return "FOR VALUES FROM (" + a.side(w.From, n) + ") TO (" + a.side(w.To, n) + ")"
}

func (a axis) side(p period.Point, n int) string {
	text := catalog.QuoteLiteral(a.encoding.Literal(p))
	for range n - 1 {
		text += ", MINVALUE"
	}
	return text
}

// wide reports whether a window is wider than the policy's: off the grid for good.
// A window of another zone, shorter or longer by a change of its clocks, is not.
func (a axis) wide(w period.Window) bool {
	from, ok := w.From.Time()
	to, ok2 := w.To.Time()
	return !ok || !ok2 || to.Sub(from) > a.longest
}

// longest is the length of the longest window around w, with slack for zones where windows are days or more, and for the moment
// that a neighbour leaves.
func longest(c period.Calendar, w period.Window) time.Duration {
	var most time.Duration
	for n := -12; n <= 12; n++ {
		v := c.Add(w, n)
		from, _ := v.From.Time()
		to, _ := v.To.Time()
		most = max(most, to.Sub(from))
	}
	if most >= leastDay {
		return most + slack
	}
	return most + moments()[0]
}
