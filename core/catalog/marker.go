package catalog

import "time"

// Marker is what our lines in the comment of a detached partition say: whose it was, and since when it is not.
type Marker struct {
	Parent     Name
	DetachedAt time.Time
	OID        uint32 // of the orphan itself when it was written, 0 without the third line
	ParentOID  uint32 // of the parent when it was written, 0 without the third line
	Bound      string // FOR VALUES ..., empty without the third line
	Rest       string // what the comment held before, below the marker
}
