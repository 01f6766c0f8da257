package leaf

import "github.com/partsmith/partsmith-migrate/core/catalog"

// Rule says what new partitions are like beyond what the table gives them. Its zero value: what all existing partitions have and
// the table lacks is made on new ones as the newest has it. Existing partitions are those that are attached and ordinary tables, DEFAULT
// left out.
type Rule struct {
	Like        Like // what is not given below, tablespace, access method, UNLOGGED and replica identity included
	Indexes     Like // those that back no constraint
	Constraints Like // primary key, UNIQUE, EXCLUDE, CHECK, NOT NULL; never a CHECK of the partition key, which may be one of its bounds
	Triggers    Like // whether they are on included
	Comments    Like // on columns, and on the partition where two or more have the same
	RowSecurity Like // whether it is on, and policies
	Statistics  Like // extended statistics, and statistics targets and n_distinct of columns

	Tablespace   string            // empty: as Like says
	AccessMethod string            // empty: as Like says
	Logging      Logging           // empty: UNLOGGED where the table is, else as Like says
	Storage      map[string]string // storage parameters; nil: as Like says; not nil and empty: none, and columns are stored as in the table
}

// Like is what new partitions are like. The empty one is what Like says, and there LikeNewest.
type Like string

// What new partitions may be like.
const (
	LikeNewest Like = "like_newest" // what all existing partitions have is made as the newest has it
	LikeParent Like = "like_parent" // they have what the table gives them
)

// Logging is whether new partitions are written to the log, without which a crash empties them. The empty one is what the table and
// Leaf.Like say.
type Logging string

// How new partitions may be written.
const (
	Logged   Logging = "logged"
	Unlogged Logging = "unlogged"
)

// likes reports whether a part of new partitions is like the newest one.
func (r Rule) likes(part Like) bool {
	if part == "" {
		part = r.Like
	}
	return part != LikeParent
}

// takes reports whether new partitions get what the existing ones have of a kind.
func (r Rule) takes(kind catalog.OwnKind) bool {
	switch kind {
	case catalog.OwnIndex:
		return r.likes(r.Indexes)
	case catalog.OwnConstraint, catalog.OwnCheck, catalog.OwnNotNull, catalog.OwnForeignKey:
		return r.likes(r.Constraints)
	case catalog.OwnTrigger, catalog.OwnRule:
		return r.likes(r.Triggers)
	case catalog.OwnComment:
		return r.likes(r.Comments)
	case catalog.OwnPolicy:
		return r.likes(r.RowSecurity)
	case catalog.OwnStatistics, catalog.OwnTarget, catalog.OwnOptions:
		return r.likes(r.Statistics)
	case catalog.OwnToast:
		return r.Storage == nil && r.likes("")
	case catalog.OwnStorage, catalog.OwnCompression:
		return (r.Storage == nil || len(r.Storage) > 0) && r.likes("")
	}
	return false
}

// asks reports whether what the existing partitions have must be known.
func (r Rule) asks() bool {
	for _, kind := range []catalog.OwnKind{catalog.OwnIndex, catalog.OwnConstraint, catalog.OwnTrigger, catalog.OwnComment,
		catalog.OwnPolicy, catalog.OwnStatistics, catalog.OwnStorage} {
		if r.takes(kind) {
			return true
		}
	}
	return false
}

// Known reports whether every word is one of the two.
func (r Rule) Known() bool {
	for _, like := range []Like{r.Like, r.Indexes, r.Constraints, r.Triggers, r.Comments, r.RowSecurity, r.Statistics} {
		if like != "" && like != LikeNewest && like != LikeParent {
			return false
		}
	}
	return r.Logging == "" || r.Logging == Logged || r.Logging == Unlogged
}
