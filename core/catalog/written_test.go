package catalog_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A later version may quote a word that this one does not, never the other way round.
func TestQuoteIdent_is_the_servers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	rows, err := db.SQL().QueryContext(t.Context(), `select word, quote_ident(word), catcode from pg_get_keywords()
		union all select word, quote_ident(word), '-' from unnest(array['', 'a', 'A', '_a', '1a', 'a1', 'a$', 'a b', 'a"b', 'ä', 'a.b', 'a-b', E'a\nb', E'a\\b', 'naïve', 'selects', '_', '''']) u(word)`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	words := 0
	for rows.Next() {
		var word, quoted, category string
		if err := rows.Scan(&word, &quoted, &category); err != nil {
			t.Fatal(err)
		}
		words++
		if got := catalog.QuoteIdent(word); got != quoted && (category != "U" || got != `"`+word+`"`) {
			t.Errorf("%s: %s, the server writes %s", word, got, quoted)
		}
	}
	if words < 400 {
		t.Errorf("%d words", words)
	}
}

func TestQuoteLiteral_is_the_servers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, s := range []string{"", "a", "it's", `back\slash`, `\'`, "two\nlines", "ä", `"`, `$1`} {
		if got, want := catalog.QuoteLiteral(s), db.Text(t, "select quote_literal($1::text)", s); got != want {
			t.Errorf("%q: %s, the server writes %s", s, got, want)
		}
		if got := db.Text(t, "select "+catalog.QuoteLiteral(s)); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
}

func TestParseBound_reads_what_the_server_prints(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `create type color as enum ('red', 'o''k'); create domain five as int`)
	for _, c := range []struct {
		columns, by, bound string
		want               catalog.Bound
	}{
		{"k text", "list (k)", `in ('a''b', E'back\\slash', E'two\nlines', null, '', 'NULL', '5', '), (')`, list("a'b", `back\slash`, "two\nlines", "NULL!", "", "NULL", "5", "), (")},
		{"k bool", "list (k)", "in (true, null)", list("true", "NULL!")},
		{"k bit(4)", "list (k)", "in (B'1010')", list("1010")},
		{"k int", "list (k)", "in (-1, 0, 7)", list("-1", "0", "7")},
		{"k five", "list (k)", "in (3, -3)", list("3", "-3")},
		{"k color", "list (k)", "in ('red', 'o''k')", list("red", "o'k")},
		{"k bytea", "list (k)", `in ('\x00ff')`, list(`\x00ff`)},
		{"k int, l bigint", "range (k, l)", "from (-5, minvalue) to (7, maxvalue)", catalog.Bound{From: []catalog.Datum{{Text: "-5"}, {Low: true}}, To: []catalog.Datum{{Text: "7"}, {High: true}}}},
		{"k numeric", "range (k)", "from (-1.5) to ('NaN')", between("-1.5", "NaN")},
		{"k float8", "range (k)", "from (-1.5e300) to ('infinity')", between("-1.5e+300", "Infinity")},
		{"k uuid", "range (k)", "from ('00000000-0000-0000-0000-000000000000') to ('ffffffff-0000-0000-0000-000000000000')", between("00000000-0000-0000-0000-000000000000", "ffffffff-0000-0000-0000-000000000000")},
		{"k timestamptz", "range (k)", "from ('-infinity') to ('2026-01-01 00:00:00.5+02')", between("-infinity", "2025-12-31 22:00:00.5+00")},
		{"k timestamp", "range (k)", "from ('0044-03-15 BC') to ('10000-01-01')", between("0044-03-15 00:00:00 BC", "10000-01-01 00:00:00")},
		{"k date", "range (k)", "from ('2026-01-01') to ('infinity')", between("2026-01-01", "infinity")},
		{"k inet", "range (k)", "from ('10.0.0.1') to ('10.1.0.0')", between("10.0.0.1", "10.1.0.0")},
		{"k int", "hash (k)", "with (modulus 4, remainder 3)", catalog.Bound{Modulus: 4, Remainder: 3}},
	} {
		db.Exec(t, "create table b ("+c.columns+") partition by "+c.by+"; create table b_1 partition of b for values "+c.bound)
		got := partition(t, readOne(t, db.SQL(), "b"), "b_1").Bound
		if c.want.Text = got.Text; !reflect.DeepEqual(got, c.want) || !strings.HasPrefix(got.Text, "FOR VALUES ") {
			t.Errorf("%s %s: %+v", c.columns, c.bound, got)
		}
		db.Exec(t, "drop table b")
	}
}

func list(values ...string) catalog.Bound {
	b := catalog.Bound{}
	for _, v := range values {
		if v == "NULL!" {
			b.Values = append(b.Values, catalog.Datum{Null: true})
			continue
		}
		b.Values = append(b.Values, catalog.Datum{Text: v})
	}
	return b
}

func between(from, to string) catalog.Bound {
	return catalog.Bound{From: []catalog.Datum{{Text: from}}, To: []catalog.Datum{{Text: to}}}
}
