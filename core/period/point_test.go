package period_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func TestPointsAreOrdered(t *testing.T) {
	t.Parallel()
	ordered := []period.Point{{}, period.Low(), at(t, "1969-12-31T23:59:59.999999Z"), at(t, "1970-01-01T00:00:00Z"), period.High()}
	for i, p := range ordered {
		for j, q := range ordered {
			if p.Before(q) != (i < j) || (p.Compare(q) == 0) != (p == q) {
				t.Errorf("%s and %s", p, q)
			}
		}
	}
}

func TestPointsAreInMicroseconds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	before := time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	back, ok := period.Instant(before).Time()
	is.True(ok)
	is.Equal(back, before.Truncate(time.Microsecond))
	_, ok = period.ID(3).Time()
	is.True(!ok)
	n, ok := period.ID(3).ID()
	is.True(ok)
	is.Equal(n, int64(3))
	is.Equal(fmt.Sprint(period.ID(-3), period.Low(), period.High(), period.Point{}), "-3 -infinity infinity ")
}

func TestWindowMinus(t *testing.T) {
	t.Parallel()
	w := func(from, to int64) period.Window { return period.Window{From: period.ID(from), To: period.ID(to)} }
	low, high := period.Low(), period.High()
	for _, test := range []struct {
		others []period.Window
		want   string
	}{
		{nil, "[[10, 20)]"},
		{[]period.Window{w(10, 20)}, "[]"},
		{[]period.Window{w(0, 10), w(20, 30)}, "[[10, 20)]"},
		{[]period.Window{w(5, 12), w(14, 16), w(15, 17), w(19, 25)}, "[[12, 14) [17, 19)]"},
		{[]period.Window{w(12, 12), w(13, 18), w(14, 15)}, "[[10, 13) [18, 20)]"},
		{[]period.Window{{From: low, To: period.ID(11)}, {From: period.ID(19), To: high}}, "[[11, 19)]"},
		{[]period.Window{{From: low, To: high}}, "[]"},
	} {
		if got := fmt.Sprint(w(10, 20).Minus(test.others)); got != test.want {
			t.Errorf("minus %v: %s, want %s", test.others, got, test.want)
		}
	}
	is := is.New(t)
	is.True(w(10, 20).Overlaps(w(19, 30)))
	is.True(!w(10, 20).Overlaps(w(20, 30)))
	is.True(!w(10, 20).Overlaps(w(15, 15)))
	is.True(period.Window{}.Empty())
}

// What a point is written as is read as the same point, at the ends of the axis too.
func TestPointAsText(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	micro := func(n int64) period.Point { return period.Instant(time.UnixMicro(n)) }
	for _, p := range []period.Point{{}, period.Low(), period.High(), period.ID(0), period.ID(-1 << 63), micro(0), micro(-210_866_803_200_000_000),
		micro(9_223_371_244_799_999_999), micro(-62_167_219_200_000_001), micro(253_402_300_799_999_999), micro(253_402_300_800_000_000)} {
		text, err := p.MarshalText()
		is.NoErr(err)
		var back period.Point
		is.NoErr(back.UnmarshalText(text))
		is.Equal(back, p)
	}
	p := period.ID(5)
	is.True(p.UnmarshalText([]byte("tomorrow")) != nil)
	is.Equal(p, period.ID(5)) // it stays
}
