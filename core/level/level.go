package level

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Level is one level of a table as its rule reads it at a cursor. Read makes one.
type Level struct {
	Division

	Parts   []Part          // the table's partitions in the order of what they hold, those of which that is not known first
	Wanted  []Share         // what must exist, in order
	Covered []period.Window // what attached partitions hold, by what their bounds mean, in order, and those that touch as one
	Cutoff  period.Point    // what ends at or before it has expired; zero: nothing ever does
	Horizon period.Point    // the end of the last share that must exist
	Least   period.Point    // up to where the rule asks for partitions at least
	Past    Share           // rows in it would have been retired with their partition by now; zero: there are none
	Brake   int             // how many partitions may be retired at once

	Zone     *time.Location // of the windows; never nil
	ZoneFrom ZoneFrom
	Strange  []period.Point // edges of existing windows that are midnights of no zone that the server named; mostly none
}

// Division is how a level is divided: all that a plan needs to know of the key and of its values.
type Division interface {
	// Decode tells what a bound holds.
	Decode(bound catalog.Bound) Extent
	// Named tells what the partition of a name would hold, by the pattern of the names.
	Named(name string) Extent
	// MayReach reports whether a bound that Decode does not know may hold keys of a share.
	MayReach(bound catalog.Bound, s Share) bool

	// Taken reports whether an attached partition holds part of a share.
	Taken(s Share) bool
	// Missing are the pieces that neither the attached partitions hold nor those that come back, the most urgent first. What
	// would have expired already is none.
	Missing(back []Share) []Piece

	// Key is the key column over a share, which all SQL text about it is made from.
	Key(s Share) ddl.Key
	// Keys are those of several shares, of those that touch as one.
	Keys(shares []Share) []ddl.Key
	// Rows is the question how many rows of a share a table holds.
	Rows(relation uint32, s Share) catalog.Ask
	// Name is what the partition of a piece is called best. It may be too long.
	Name(p Piece) string
	// Why says, in a clause, why a share has expired.
	Why(s Share) string

	// Layout tells how existing partitions lie that the rule leaves alone, and what none of them holds that the rule keeps.
	Layout() []Note
	// Oddities tells what is strange about existing partitions: their names, their bounds, their zone.
	Oddities() []Note
}

// Share is what one partition of a level holds of the key.
type Share struct {
	Window period.Window
}

// Overlaps reports whether two shares have a key in common.
func (s Share) Overlaps(t Share) bool { return s.Window.Overlaps(t.Window) }

// Compare orders shares by where they begin, then by where they end.
func (s Share) Compare(t Share) int { return s.Window.Compare(t.Window) }

// Empty reports whether no key lies in the share.
func (s Share) Empty() bool { return s.Window.Empty() }

// String writes the share for people.
func (s Share) String() string { return s.Window.String() }

// Part is a partition that exists, or a detached one, and what it holds. Of a detached one, which has no bound, that is not known.
type Part struct {
	*catalog.Partition
	Extent
}

// Covers reports whether rows of the share find this partition now.
func (p Part) Covers() bool { return p.State == catalog.Attached && p.Known }

// Extent is a share, and what the rule makes of it. The zero Extent is one that cannot be told, or that of a DEFAULT partition.
type Extent struct {
	Share
	Known   bool
	Wide    bool // more than one partition of the rule would hold: it is off the grid
	Expired bool // past what the rule keeps
}

// Piece is a share that needs a partition: a whole one of the rule, or what older partitions leave open of one.
type Piece struct {
	Share
	Hole   Share // what is open by what the neighbours' bounds mean; the piece begins where they really end
	Whole  bool
	Urgent bool // the rule asks for it by now, or soon
	Later  bool // no row of now lies in it
}

// Early is what of the piece lies before its hole: the moment that its neighbour leaves out. Mostly it is empty.
func (p Piece) Early() Share {
	return Share{period.Window{From: p.Window.From, To: p.Hole.Window.From}}
}

// WithoutEarly is the piece from where its hole begins.
func (p Piece) WithoutEarly() Piece {
	p.Window.From = p.Hole.Window.From
	return p
}

// Note is what a person should know about partitions that exist.
type Note struct {
	Code      string
	Warns     bool // else it is good to know
	Message   string
	Remedy    string
	SQL       string
	Partition catalog.Name
	Share     Share
}
