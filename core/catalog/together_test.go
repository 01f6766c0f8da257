package catalog_test

import (
	"fmt"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// crowd is many tables with a DEFAULT partition, each with the same questions.
func crowd(t *testing.T, db *pgtest.Database, n int) []ask.Question {
	t.Helper()
	db.Exec(t, fmt.Sprintf(`do $$ begin for i in 1..%d loop
		execute format('create table c%%s (id int, at timestamptz) partition by range (id)', i);
		execute format('create table c%%s_rest partition of c%%1$s default', i);
		execute format('insert into c%%s select g from generate_series(1, %%1$s) g', i);
	end loop; end $$`, n))
	var wants []catalog.Want
	for i := range n {
		wants = append(wants, want(fmt.Sprintf("public.c%d", i+1)))
	}
	s := read(t, session(t, db.SQL()), wants...)
	var questions []ask.Question
	for i := range s.Tables {
		in := s.Tables[i].Partitions[0].OID
		questions = append(questions, ask.Question{Table: &s.Tables[i], Asks: []catalog.Ask{
			{Kind: catalog.AskTaken, Name: catalog.Name{Schema: "public", Table: fmt.Sprintf("c%d", 2*i+1)}},
			{Kind: catalog.AskRows, Relation: in, From: "100"}, {Kind: catalog.AskSize, Relation: in}, {Kind: catalog.AskHighest, Relation: in}}})
	}
	return questions
}

// put puts the questions, and tells how many statements it took.
func put(t *testing.T, db *pgtest.Database, questions []ask.Question) (statements int) {
	t.Helper()
	err := catalog.Reading(t.Context(), session(t, db.SQL()), func(r *catalog.Reader) error {
		c := &counter{Querier: r.Querier}
		r.Querier = c
		defer func() { statements = c.statements }()
		return ask.All(t.Context(), r, questions, 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	return statements
}

// What is asked about many tables stands in few statements, and says what it says one by one.
func TestAsk_all_in_few_statements(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	questions := crowd(t, db, 40)
	if n := put(t, db, questions); n > 20 {
		t.Errorf("%d statements for 160 questions", n)
	}
	for i, q := range questions {
		taken, rows, size, highest := q.Table.Answers[q.Asks[0]], q.Table.Answers[q.Asks[1]], q.Table.Answers[q.Asks[2]], q.Table.Answers[q.Asks[3]]
		if taken.Yes != (2*i+1 <= 40) || !rows.Known || rows.Yes || size.Bytes != 8192 || highest.Text != fmt.Sprint(i+1) {
			t.Errorf("%d: %+v %+v %+v %+v", i+1, taken, rows, size, highest)
		}
	}
}

// A table that is locked, or gone, or has rows where there should be none, does not take the answers of the others along.
func TestAsk_all_what_fails_fails_alone(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	questions := crowd(t, db, 12)
	db.Exec(t, "insert into c3 values (100), (101); drop table c5_rest")
	holder := session(t, db.SQL())
	run(t, holder, "begin", "lock table c7_rest in access exclusive mode")
	put(t, db, questions)
	for i, q := range questions {
		taken, rows, size, highest := q.Table.Answers[q.Asks[0]], q.Table.Answers[q.Asks[1]], q.Table.Answers[q.Asks[2]], q.Table.Answers[q.Asks[3]]
		known := i+1 != 5 && i+1 != 7
		if !taken.Known || rows.Known != known || size.Known != known || highest.Known != known || known && rows.Yes != (i+1 == 3) {
			t.Errorf("%d: %+v %+v %+v %+v", i+1, taken, rows, size, highest)
		}
		if i+1 == 3 && rows.Count != 2 {
			t.Errorf("rows of 3: %+v", rows)
		}
	}
}

// Every table is asked about as the role that works on it.
func TestAsk_all_as_each_role(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	questions := crowd(t, db, 6)
	clerk := db.Role(t, "clerk")
	for i := range questions {
		if i%2 == 0 {
			questions[i].Table.ActAs = clerk
		}
	}
	put(t, db, questions)
	for i, q := range questions {
		if a := q.Table.Answers[q.Asks[1]]; a.Known != (i%2 == 1) {
			t.Errorf("%d: %+v", i, a)
		}
	}
}
