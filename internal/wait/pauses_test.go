package wait_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/internal/wait"
)

func TestPausesGrow(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	const ms = time.Millisecond
	of := func(random func() float64) *wait.Pauses {
		return &wait.Pauses{First: 250 * ms, Last: 2 * time.Second, Random: random}
	}
	var all, upper []time.Duration
	p, q := of(func() float64 { return 0 }), of(func() float64 { return 0.9999 })
	for range 8 {
		all, upper = append(all, p.Next().Round(ms)), append(upper, q.Next())
	}
	is.Equal(all, []time.Duration{250 * ms, 375 * ms, 563 * ms, 844 * ms, 1266 * ms, 1898 * ms, 2000 * ms, 2000 * ms})
	for i := range all {
		is.True(upper[i] > all[i] && upper[i] <= all[i]*5/4+ms)
	}
	is.True(of(nil).Next() >= 250*ms)
}
