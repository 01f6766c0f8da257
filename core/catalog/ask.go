package catalog

import "time"

// Ask is a question whose answer costs something: it is asked only when a plan depends on it.
// Asks are comparable, so Answers is a map.
type Ask struct {
	Kind     AskKind
	Relation uint32 // OID of the table that the question is about
	Name     Name   // AskTaken: the name
	Key      uint32 // AskReferenced: OID of the foreign key
	From, To string // AskRows: the window's literals, undecoded; empty is unbounded
}

// AskKind is what is asked.
type AskKind string

// The questions.
const (
	AskHighest    AskKind = "highest"    // the highest key in use in Relation, the table, a level below it or one partition
	AskRows       AskKind = "rows"       // rows of the window [From, To) inside Relation, a DEFAULT partition
	AskSize       AskKind = "size"       // pg_table_size of Relation and of what is below it
	AskReferenced AskKind = "referenced" // whether the foreign key Key points at rows of Relation, a partition
	AskTaken      AskKind = "taken"      // whether a relation or a type has the name
	AskFit        AskKind = "fit"        // what ATTACH would make on Relation, a detached partition, and what it would refuse: it is put into its Fit and Differs
	AskOwn        AskKind = "own"        // what Relation, an attached partition, has that its parent lacks, and how many of the others have the like: it is put into its Own
	AskCheck      AskKind = "check"      // the texts of the CHECKs of Relation, a detached partition, a DEFAULT partition or a Lost table: they are put into its Checks
)

// Answer is what the database said to an Ask.
type Answer struct {
	Known   bool          // false: it could not be told in time, Cause says why
	Yes     bool          // rows, referenced, taken: there is something
	Count   int64         // rows: how many; own: how many partitions were compared, Relation included
	AtLeast bool          // rows: there are Count or more
	Bytes   int64         // size
	Text    string        // highest: the value as text, empty with Known: no rows; taken: what has the name: "table", "index", "type"
	Took    time.Duration // how long the server needed
	Cause   string        // why it is not known, a clause without a full stop
}

// Answers holds what was asked so far.
type Answers map[Ask]Answer
