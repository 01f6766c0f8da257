package catalog

import "slices"

// Datum is one value of a bound, undecoded.
type Datum struct {
	Text string // as PostgreSQL prints it, without quotes
	Null bool   // NULL, in a list
	Low  bool   // MINVALUE
	High bool   // MAXVALUE
}

// Bound is what a partition holds, undecoded. Only the fields of the table's strategy are set; where Text is not empty
// and nothing else is set, the text could not be read (Unreadable). The zero Bound is that of a table which is no partition.
type Bound struct {
	From, To  []Datum // RANGE, one for each column of the key
	Values    []Datum // LIST
	Modulus   int     // HASH
	Remainder int     // HASH
	Default   bool
	Text      string // pg_get_expr(relpartbound, 0): FOR VALUES FROM ('...') TO ('...'), or DEFAULT
}

// Unreadable reports whether there is a bound whose text ParseBound does not understand.
func (b Bound) Unreadable() bool {
	return b.Text != "" && !b.Default && b.From == nil && b.Values == nil && b.Modulus == 0
}

// Equal reports whether two bounds say the same, whatever their texts.
func (b Bound) Equal(c Bound) bool {
	if b.Unreadable() || c.Unreadable() {
		return b.Text == c.Text
	}
	return slices.Equal(b.From, c.From) && slices.Equal(b.To, c.To) && slices.Equal(b.Values, c.Values) &&
		b.Modulus == c.Modulus && b.Remainder == c.Remainder && b.Default == c.Default
}
