package catalog

// Datum is one value of a bound, undecoded.
type Datum struct {
	Text string // as PostgreSQL prints it, without quotes
	Null bool   // NULL, in a list
	Low  bool   // MINVALUE
	High bool   // MAXVALUE
}

// Bound is what a partition holds, undecoded. Only the fields of the table's strategy are set; where Text is not empty
// and nothing else is set, the text could not be read (Unreadable).
type Bound struct {
	From, To  []Datum // RANGE, one for each column of the key
	Values    []Datum // LIST
	Modulus   int     // HASH
	Remainder int     // HASH
	Default   bool
	Text      string // pg_get_expr(relpartbound, 0): FOR VALUES FROM ('...') TO ('...'), or DEFAULT
}
