package catalog

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func texts(values ...string) []Datum {
	var row []Datum
	for _, v := range values {
		row = append(row, Datum{Text: v})
	}
	return row
}

func TestParseBound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Bound{
		`DEFAULT`: {Default: true},
		`FOR VALUES FROM ('2025-12-31 22:00:00+00') TO ('infinity')`: {From: texts("2025-12-31 22:00:00+00"), To: texts("infinity")},
		`FOR VALUES FROM ('-5', MINVALUE) TO (7, MAXVALUE)`:          {From: []Datum{{Text: "-5"}, {Low: true}}, To: []Datum{{Text: "7"}, {High: true}}},
		`FOR VALUES IN ('a''b', 'back\slash', 'NULL', NULL, '', '), (', true)`: {
			Values: []Datum{{Text: "a'b"}, {Text: `back\slash`}, {Text: "NULL"}, {Null: true}, {}, {Text: "), ("}, {Text: "true"}}},
		"FOR VALUES IN ('two\nlines')":                      {Values: texts("two\nlines")},
		`FOR VALUES WITH (modulus 4, remainder 3)`:          {Modulus: 4, Remainder: 3},
		`FOR VALUES FROM ('-1.5e+300') TO ('Infinity')`:     {From: texts("-1.5e+300"), To: texts("Infinity")},
		`FOR VALUES FROM ('10.0.0.1', '[1,5)') TO ('x', 5)`: {From: texts("10.0.0.1", "[1,5)"), To: texts("x", "5")},
	} {
		want.Text = text
		got := ParseBound(text)
		if !reflect.DeepEqual(got, want) || got.Unreadable() {
			t.Errorf("%s: %+v", text, got)
		}
	}
	if b := ParseBound(""); b.Unreadable() || !b.Equal(Bound{}) {
		t.Errorf("empty: %+v", b)
	}
}

func TestParseBound_unreadable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`default`, `DEFAULT `, `FOR VALUES`, `FOR VALUES IN ()`, `FOR VALUES IN ('a)`, `FOR VALUES IN ('a',)`, `FOR VALUES IN ('a'::text)`,
		`FOR VALUES FROM (1) TO (1, 2)`, `FOR VALUES FROM (1)`, `FOR VALUES FROM (1) TO (2) x`, `FOR VALUES IN (E'a')`, `FOR VALUES IN (now())`,
		`FOR VALUES WITH (modulus 4, remainder 4)`, `FOR VALUES WITH (modulus 0, remainder 0)`, `FOR VALUES WITH (modulus -1, remainder 0)`,
	} {
		if b := ParseBound(text); !b.Unreadable() || b.Text != text {
			t.Errorf("%s: %+v", text, b)
		}
	}
}

// printed writes a bound as PostgreSQL does, every value in quotes.
func printed(b Bound) string {
	row := func(row []Datum) string {
		var words []string
		for _, d := range row {
			switch {
			case d.Null:
				words = append(words, "NULL")
			case d.Low:
				words = append(words, "MINVALUE")
			case d.High:
				words = append(words, "MAXVALUE")
			default:
				words = append(words, "'"+strings.ReplaceAll(d.Text, "'", "''")+"'")
			}
		}
		return "(" + strings.Join(words, ", ") + ")"
	}
	switch {
	case b.Default:
		return "DEFAULT"
	case b.Modulus > 0:
		return fmt.Sprintf("FOR VALUES WITH (modulus %d, remainder %d)", b.Modulus, b.Remainder)
	case b.Values != nil:
		return "FOR VALUES IN " + row(b.Values)
	}
	return "FOR VALUES FROM " + row(b.From) + " TO " + row(b.To)
}

func FuzzParseBound(f *testing.F) {
	for _, seed := range []string{`DEFAULT`, `FOR VALUES FROM ('a''', MINVALUE) TO (5, MAXVALUE)`, `FOR VALUES IN (NULL, true, -1)`, `FOR VALUES WITH (modulus 4, remainder 3)`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := ParseBound(text)
		if b.Text != text {
			t.Fatalf("the text of %q is %q", text, b.Text)
		}
		if text == "" || b.Unreadable() {
			return
		}
		if again := ParseBound(printed(b)); !again.Equal(b) {
			t.Fatalf("%q is read %+v, written %s and read %+v", text, b, printed(b), again)
		}
	})
}
