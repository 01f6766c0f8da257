package catalog

// Strategy is how a table is partitioned.
type Strategy string

// The strategies of PostgreSQL. The empty Strategy is a table that is not partitioned.
const (
	Range Strategy = "range"
	List  Strategy = "list"
	Hash  Strategy = "hash"
)

// Table is a partitioned table, or one level of it, as the catalog has it.
// One made by hand (OID 0, Missing false) stands for a table that will exist when the plan is applied.
type Table struct {
	OID         uint32
	Name        Name
	Missing     bool   // no relation of that name
	Kind        string // pg_class.relkind: p partitioned, r ordinary, v view, ...
	Strategy    Strategy
	Key         []Column // the partition key, in order
	Partitions  []Partition
	Lost        []Lost
	ForeignKeys []ForeignKey // those that the table has and those that reference it
	Target      Schema       // where new partitions are made
	Owner       string
	Lacks       []Right // what the current role lacks for working on the table itself
	ActAs       string  // role to SET ROLE to, empty where the current role works as itself
	Comment     string  // of the table
	Held        bool    // a line `partsmith:hold` in the comment

	RowSecurity      bool
	ForceRowSecurity bool
	Unlogged         bool
	Tablespace       string   // empty: the database's default
	AccessMethod     string   // of a partitioned table from 17 on, else empty
	ReplicaIdentity  string   // pg_class.relreplident: d, n, f, i
	ReplicaIndex     []string // columns of the index that replica identity i names, in the index's order
	Grants           []Grant  // of the table to others than its owner, from pg_class.relacl
	StatTargets      []StatTarget
	Columns          []Column      // all of the table, in order, dropped ones left out
	Publications     []Publication // those that a new partition is not in, and those that publish it under its own name

	Server  Server
	Answers Answers
	Unlike  string // not of the catalog: why making a partition like the existing ones failed; empty: it did not
}

// Grant is one privilege that a role has on the table. An empty Grantee is PUBLIC.
type Grant struct {
	Grantee   string
	Privilege string // SELECT, INSERT, ...
	Grantable bool
}

// Column is a column of a table. An expression in a partition key has no Name.
type Column struct {
	Name      string
	Type      string // format_type(atttypid, atttypmod), domains followed to their base type
	Collation Name   // of the key where it differs from the default of the type, else zero
	NotNull   bool
	Generated bool // GENERATED ALWAYS AS (...), stored or virtual: it cannot be inserted into
}

// StatTarget is a column whose statistics target or n_distinct options a new partition must be given.
type StatTarget struct {
	Column  string
	Target  int      // -1: the default
	Options []string // n_distinct=..., as ALTER COLUMN SET (...) takes them
}

// Schema is the schema where new partitions are made.
type Schema struct {
	Name   string
	Exists bool
	Create bool // the role that works may create tables in it
}

// Right is something that the current role may not do.
type Right struct {
	What     string // "ownership", "CREATE", "SELECT"
	Relation string // what it lacks it on, as written in SQL
	Grant    string // the statement that would help
}

// ForeignKey touches the table: it is one of its own (Out) or references it.
type ForeignKey struct {
	OID         uint32
	Name        string
	Out         bool // the table has it; else another table, or the table itself, references this one
	Other       Name // the table at the other end
	OtherOID    uint32
	Self        bool     // both ends are this table
	Columns     []string // of the referencing table
	References  []string // of the referenced table
	Validated   bool
	OnPartition uint32 // OID of the partition, where the key stands on a partition or detached partition and not on the table
}

// Publication is a publication that a new partition has something to do with.
type Publication struct {
	Name       string
	Partitions int  // how many of the attached partitions it names by themselves; a new one is not in it
	Whole      bool // instead: a new partition is in it, with the table, its schema, that of new partitions, or all tables
	Root       bool // with Whole: it has the table itself, so that publish_via_partition_root works for it
}

// State is how a partition belongs to its parent.
type State string

// The states of a partition.
const (
	Attached State = "attached"
	Pending  State = "pending"  // an interrupted DETACH CONCURRENTLY: pg_inherits.inhdetachpending
	Detached State = "detached" // detached, and our marker says from where
)

// Partition is a partition of a table, or a detached partition of one.
type Partition struct {
	OID     uint32
	Name    Name
	Kind    string // pg_class.relkind: r, p, f
	Bound   Bound
	State   State
	Marker  *Marker // of the comment, nil without one
	Comment string  // whole, marker included
	Held    bool    // a line `partsmith:hold` in the comment
	Inner   *Table  // its own partitions, nil where it has none
	Rows    float64 // pg_class.reltuples, -1 where never analyzed
	Pages   int64   // pg_class.relpages

	Owner        string
	Trusted      bool // the owner is the parent's, or a role that the parent's owner is a member of: its comment may be believed
	Lacks        []Right
	ActAs        string
	Unlogged     bool
	Tablespace   string
	AccessMethod string
	RowSecurity  RowSecurity
	Identity     string    // replica identity: pg_class.relreplident
	Own          []Own     // of an attached one: what it has and its parent lacks; empty until AskOwn is answered
	Options      []string  // storage parameters, as in pg_class.reloptions
	Checks       []Check   // of a detached partition or a DEFAULT partition
	Differs      []string  // of a detached partition: how it differs from the parent; AskFit adds what only ATTACH compares. Empty where ATTACH will take it
	Fit          Fit       // of a detached partition: what it lacks of what ATTACH would make; empty until AskFit is answered
	Triggers     []Trigger // of a DEFAULT partition and of what is below one: those of users that DELETE fires
	ReferencedBy []string  // of a detached partition: what else depends on it and would stop DROP, as pg_describe_object names it
}

// Leaf reports whether new partitions are to be like this one: an attached ordinary table, and not DEFAULT.
func (p *Partition) Leaf() bool { return p.State == Attached && p.Kind == "r" && !p.Bound.Default }

// RowSecurity is whether row security is on, and whether it is for the owner too.
type RowSecurity struct{ On, Forced bool }

// Trigger is a trigger that somebody made.
type Trigger struct {
	Name     string
	Always   bool // ENABLE ALWAYS: session_replication_role does not keep it from firing
	Internal bool // only a superuser may switch it off: on PostgreSQL 14, one that a partition has from its parent
}

// Check is a CHECK constraint that stands on a table itself.
type Check struct {
	Name  string
	Valid bool
	Def   string // pg_get_constraintdef; empty until AskCheck is answered, because to print it the server opens the table
}
