package period

import (
	"testing"
	"time"
)

// What a grid names its windows tells them apart, whatever its width and zone, so that nobody needs to try it out.
func TestAGridsOwnPatternTellsWindowsApart(t *testing.T) {
	t.Parallel()
	var spans []Span
	for minutes := range 24 * 60 {
		spans = append(spans, Span{Exact: time.Duration(minutes+1) * time.Minute})
	}
	for n := range 40 {
		spans = append(spans, Span{Days: n + 1}, Span{Days: 7 * (n + 1)}, Span{Months: n + 1}, Span{Months: 12 * (n + 1)}, Span{IDs: int64(n*n*1000 + 1)})
	}
	checked := 0
	for _, zone := range []string{"UTC", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "America/Sao_Paulo"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, span := range spans {
			g := Grid{Every: span, Zone: location}
			if g.Check() != nil {
				continue
			}
			checked++
			p, err := newPattern(g.Pattern(), g, location)
			if err == nil {
				err = p.tellsApart()
			}
			if e, alone := p.edge(); err != nil || alone && e != ofStart || p.yearOfWeek() != nil {
				t.Errorf("%+v in %s: %v", span, zone, err)
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d grids", checked)
	}
}
