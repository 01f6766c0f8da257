package lifecycle

import "github.com/partsmith/partsmith-migrate/core/catalog"

// Leaf says what new partitions are like beyond what the table gives them. Its zero value: what all existing partitions have and
// the table lacks is made on new ones as the newest has it. Existing partitions are those that are attached and ordinary tables, DEFAULT
// left out.
type Leaf struct {
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

// Like is what new partitions are like. The empty one is what Leaf.Like says, and there LikeNewest.
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
func (l Leaf) likes(part Like) bool {
	if part == "" {
		part = l.Like
	}
	return part != LikeParent
}

// takes reports whether new partitions get what the existing ones have of a kind.
func (l Leaf) takes(kind catalog.OwnKind) bool {
	switch kind {
	case catalog.OwnIndex:
		return l.likes(l.Indexes)
	case catalog.OwnConstraint, catalog.OwnCheck, catalog.OwnNotNull, catalog.OwnForeignKey:
		return l.likes(l.Constraints)
	case catalog.OwnTrigger, catalog.OwnRule:
		return l.likes(l.Triggers)
	case catalog.OwnComment:
		return l.likes(l.Comments)
	case catalog.OwnPolicy:
		return l.likes(l.RowSecurity)
	case catalog.OwnStatistics, catalog.OwnTarget, catalog.OwnOptions:
		return l.likes(l.Statistics)
	case catalog.OwnToast:
		return l.Storage == nil && l.likes("")
	case catalog.OwnStorage, catalog.OwnCompression:
		return (l.Storage == nil || len(l.Storage) > 0) && l.likes("")
	}
	return false
}

// asks reports whether what the existing partitions have must be known.
func (l Leaf) asks() bool {
	for _, kind := range []catalog.OwnKind{catalog.OwnIndex, catalog.OwnConstraint, catalog.OwnTrigger, catalog.OwnComment,
		catalog.OwnPolicy, catalog.OwnStatistics, catalog.OwnStorage} {
		if l.takes(kind) {
			return true
		}
	}
	return false
}

// known reports whether every word is one of the two.
func (l Leaf) known() bool {
	for _, like := range []Like{l.Like, l.Indexes, l.Constraints, l.Triggers, l.Comments, l.RowSecurity, l.Statistics} {
		if like != "" && like != LikeNewest && like != LikeParent {
			return false
		}
	}
	return l.Logging == "" || l.Logging == Logged || l.Logging == Unlogged
}
