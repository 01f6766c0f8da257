package catalog

import (
	"errors"
	"strconv"
	"strings"
)

// errBound is met inside the parser only: outside of it, such a bound is Unreadable.
var errBound = errors.New("bound not understood")

// ParseBound reads a bound as pg_get_expr(relpartbound, 0) prints it under standard_conforming_strings, PostgreSQL 14 to 18:
//
//	FOR VALUES FROM ('2026-11-20', MINVALUE) TO ('2026-11-21', MINVALUE)
//	FOR VALUES IN ('it''s', NULL, 5, true)
//	FOR VALUES WITH (modulus 4, remainder 1)
//	DEFAULT
//
// A text that is none of these gives a Bound that is Unreadable and holds the text.
func ParseBound(text string) Bound {
	r := boundReader{rest: text}
	b, err := r.bound()
	if err != nil || r.rest != "" {
		return Bound{Text: text}
	}
	b.Text = text
	return b
}

// boundReader takes a bound apart from left to right.
type boundReader struct{ rest string }

func (r *boundReader) bound() (Bound, error) {
	switch {
	case r.skip("DEFAULT"):
		return Bound{Default: true}, nil
	case r.skip("FOR VALUES FROM "):
		return r.rangeBound()
	case r.skip("FOR VALUES IN "):
		values, err := r.row()
		return Bound{Values: values}, err
	case r.skip("FOR VALUES WITH (modulus "):
		return r.hashBound()
	}
	return Bound{}, errBound
}

func (r *boundReader) rangeBound() (Bound, error) {
	from, err := r.row()
	if err != nil || !r.skip(" TO ") {
		return Bound{}, errBound
	}
	to, err := r.row()
	if err != nil || len(from) != len(to) {
		return Bound{}, errBound
	}
	return Bound{From: from, To: to}, nil
}

func (r *boundReader) hashBound() (Bound, error) {
	modulus, rest, ok := strings.Cut(r.rest, ", remainder ")
	remainder, rest, closed := strings.Cut(rest, ")")
	m, err1 := strconv.ParseUint(modulus, 10, 31)
	n, err2 := strconv.ParseUint(remainder, 10, 31)
	if !ok || !closed || err1 != nil || err2 != nil || n >= m {
		return Bound{}, errBound
	}
	r.rest = rest
	return Bound{Modulus: int(m), Remainder: int(n)}, nil
}

// row reads datums in parentheses.
func (r *boundReader) row() ([]Datum, error) {
	if !r.skip("(") {
		return nil, errBound
	}
	var row []Datum
	for {
		d, err := r.datum()
		if err != nil {
			return nil, err
		}
		row = append(row, d)
		if r.skip(")") {
			return row, nil
		}
		if !r.skip(", ") {
			return nil, errBound
		}
	}
}

// datum reads one value. A number that is not negative and a boolean stand without quotes, all else in quotes, without a cast.
func (r *boundReader) datum() (Datum, error) {
	if strings.HasPrefix(r.rest, "'") {
		return r.quoted()
	}
	end := strings.IndexAny(r.rest, ",)")
	if end <= 0 {
		return Datum{}, errBound
	}
	word := r.rest[:end]
	r.rest = r.rest[end:]
	switch word {
	case "NULL":
		return Datum{Null: true}, nil
	case "MINVALUE":
		return Datum{Low: true}, nil
	case "MAXVALUE":
		return Datum{High: true}, nil
	case "true", "false":
		return Datum{Text: word}, nil
	}
	if strings.Trim(word, "0123456789+-.eE") != "" {
		return Datum{}, errBound
	}
	return Datum{Text: word}, nil
}

// quoted reads a string in which a doubled quote stands for one, and a backslash for itself.
func (r *boundReader) quoted() (Datum, error) {
	var b strings.Builder
	for rest := r.rest[1:]; ; {
		part, after, closed := strings.Cut(rest, "'")
		if !closed {
			return Datum{}, errBound
		}
		b.WriteString(part)
		if !strings.HasPrefix(after, "'") {
			r.rest = after
			return Datum{Text: b.String()}, nil
		}
		b.WriteByte('\'')
		rest = after[1:]
	}
}

func (r *boundReader) skip(prefix string) bool {
	rest, ok := strings.CutPrefix(r.rest, prefix)
	if ok {
		r.rest = rest
	}
	return ok
}
