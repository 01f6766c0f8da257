package lifecycle

import (
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/leaf"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// Task is one table and the policy it follows.
type Task struct {
	Table  catalog.Name
	Policy Policy

	// Refused are detached partitions, by OID, that turned out not to fit, and why: they are planned around. A run fills it in
	// for itself; nil: none.
	Refused map[uint32]string

	// Unlike says why new partitions turned out not to be makeable like the existing ones: then only what cannot wait is made, and like
	// the table alone. A run fills it in for itself; empty: they are.
	Unlike string
}

// Refuse tells the planner, as differences, of the table's partitions that turned out not to fit, and of new ones that could not be
// like them.
func (t Task) Refuse(table *catalog.Table) {
	table.Unlike = t.Unlike
	for i := range table.Partitions {
		p := &table.Partitions[i]
		if why, refused := t.Refused[p.OID]; refused && why != "" {
			p.Differs = append(p.Differs, why)
		}
	}
}

// Policy says which partitions of one level must exist, and how long the old ones are kept.
// Its zero value is safe but incomplete: it keeps for ever and drops nothing, and wants an Every or a Calendar.
type Policy struct {
	Every     period.Span     // width of a window: time, or IDs
	Calendar  period.Calendar // instead of Every: a calendar of the program's own
	Zone      *time.Location  // calendar of the windows; nil: that of the existing partitions, else UTC
	Ahead     period.Span     // unset: 4 windows or 14 days, whichever reaches further, at most 200 windows
	Behind    int             // windows before the current one that must exist as well, never past Keep
	Keep      period.Span     // unset: nothing ever expires
	DropAfter period.Span     // unset: a detached partition is never dropped; set to nothing: dropped in the same run
	Column    string          // the key column; empty at the root: whatever the catalog says
	Encoding  string          // how the key carries time; empty: from the type of the column
	Origin    int64           // where id windows begin to count
	Name      string          // pattern of new names; empty: the one that the existing partitions follow, else the calendar's
	Schema    string          // schema of new partitions; empty: the parent's
	Leaf      leaf.Rule
	Within    *Policy // how each partition is itself divided
	List      []Group // instead of Every: groups that must exist
	Hash      int     // instead of Every: buckets that must exist
	Grants    bool    // copy the parent's grants onto new partitions

	RetireOffGrid bool        // `off_grid: retire`: partitions wider than a window retire too
	DefaultCheck  bool        // `default_check: allowed`: a CHECK may spare DEFAULT the scan
	MaxRetire     int         // the brake; 0: 50, or three days' worth of windows if that is more
	MinRunway     period.Span // unset: to the end of the next window
	Optional      bool        // the table may be absent
}

// Group is a named partition of a LIST parent.
type Group struct {
	Name    string
	Values  []catalog.Datum
	Default bool
}
