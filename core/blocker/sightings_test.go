package blocker

import (
	"testing"
	"time"

	"github.com/matryer/is"
)

// Where the server hides when a transaction began, one that was there at the first look may be of any age; one that came later
// has been there since then.
func TestSightingsOfHiddenTransactions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var seen Sightings
	first, limit := time.Unix(0, 0), time.Minute
	there, came := Blocker{transaction: "3/7", hidden: true}, Blocker{transaction: "4/1", hidden: true}
	seen.Look([]Blocker{there}, first)
	is.True(seen.Old(there, limit, first))
	second := first.Add(limit)
	seen.Look([]Blocker{there, came}, second)
	is.True(!seen.Old(came, limit, second.Add(limit)))
	is.True(seen.Old(came, limit, second.Add(limit+1)))
	seen.Look([]Blocker{there}, second) // it is gone, and another may get its number
	third := second.Add(2 * limit)
	seen.Look([]Blocker{there, came}, third)
	is.True(!seen.Old(came, limit, third))
	is.True(seen.Old(there, limit, third))
}
