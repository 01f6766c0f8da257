package catalog_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// ownOf writes what AskOwn found about e2, the partition of e in question, as it is for another table.
func ownOf(p catalog.Partition) string {
	var parts []string
	for _, o := range p.Own {
		text := strings.Join(strings.Fields(fmt.Sprint(o.Kind, " ", o.Name, " ", o.Head, " ", o.On(catalog.Name{Schema: "s", Table: "t"}), " ", o.State, " ", o.Space)), " ")
		if o.Keyed {
			text += " keyed"
		}
		parts = append(parts, fmt.Sprint(text, " x", o.Partitions))
	}
	return strings.Join(parts, "; ")
}

// AskOwn tells what a partition has and its parent lacks, and how many have the like, whatever they call it. % is each of two partitions.
func TestAsk_own(t *testing.T) {
	t.Parallel()
	for change, want := range map[string]string{
		"": "",
		"create index on e (id); create index on e (v) include (id)":                                             "",
		"create index on % (id)":                                                                                 "index events_2_id_idx USING btree (id) x2",
		"create index on % (id); create index on events_2 (v)":                                                   "index events_2_id_idx USING btree (id) x2; index events_2_v_idx USING btree (v) x1",
		"create index on events_1 (id)":                                                                          "",
		"create index on % (id); create index on only e (id)":                                                    "", // it is not attached, and LIKE makes one
		"create unique index on % (id); create index on only e (id)":                                             "index events_2_id_idx UNIQUE USING btree (id) x2",
		"create index on % (id); create index on e (id)":                                                         "", // taken over
		`create index on % (shout(v) desc) include (id) with (fillfactor = 70) where id > 1 and v <> 'events_2'`: "index events_2_shout_id_idx USING btree (public.shout(v) DESC) INCLUDE (id) WITH (fillfactor='70') WHERE ((id > 1) AND (v <> 't'::text)) x1",
		"alter table % add primary key (id)":                                                                     "constraint events_2_pkey PRIMARY KEY (id) x2",
		"alter table % add unique (v) deferrable":                                                                "constraint events_2_v_key UNIQUE (v) DEFERRABLE x2",
		"alter table % add unique (at, v); create unique index on e (at, v)":                                     "", // its index is taken over
		"alter table % add exclude using btree (v with =) where (id > 3)":                                        "constraint events_2_v_excl EXCLUDE USING btree (v WITH =) WHERE ((id > 3)) x2",
		"alter table % add check (id > 1)":                                                                       "check events_2_id_check CHECK ((id > 1)) x2",
		"alter table % add check (id > 1) not valid":                                                             "check events_2_id_check CHECK ((id > 1)) x2",
		"alter table % add constraint c check (id > 1); alter table e add check (id > 1)":                        "",
		"alter table % add check (id > 1 and at > '2000-01-01')":                                                 "check events_2_check CHECK (((id > 1) AND (at > '2000-01-01'::date))) keyed x2",
		"alter table e add check (id > 1)":                                                                       "",
		"alter table % add foreign key (id) references r":                                                        "foreign key events_2_id_fkey FOREIGN KEY (id) REFERENCES public.r(id) x2",
		"alter table e add foreign key (id) references r":                                                        "",
		"create trigger a before update of v on % for each row when (old.v <> new.v) execute function f('events_2', ' on public.events_2 ')": "trigger a BEFORE UPDATE OF v ON s.t FOR EACH ROW WHEN ((old.v <> new.v)) EXECUTE FUNCTION public.f('t', ' on public.t ') O x1",
		"create trigger a before update on % for each row execute function f(' ON public.% ')":                                               "trigger a O x2",
		"create trigger of_% after insert on % execute function f()":                                                                         "trigger of_events_2 AFTER INSERT ON s.t FOR EACH STATEMENT EXECUTE FUNCTION public.f() O x2",
		"create trigger a after insert on % for each row execute function f(); alter table events_2 disable trigger a":                       "trigger a AFTER INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION public.f() D x1",
		"create constraint trigger a after insert on % for each row execute function f()":                                                    "trigger a CONSTRAINT AFTER INSERT ON s.t NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.f() O x2",
		"create trigger a after insert on e for each row execute function f()":                                                               "",
		"create statistics st_% (ndistinct) on id, v from %":                                                                                 "statistics st_events_2 (ndistinct) ON id, v x2",
		"create statistics st on id, v from e; create statistics st_% on id, v from %":                                                       "",
		"create policy p on % as restrictive for select to public, pg_monitor using (id > 1)":                                                "policy p AS RESTRICTIVE FOR SELECT TO PUBLIC USING ((id > 1)) x2",
		"create policy p on % for insert to pg_monitor with check (exists (select from r where r.id = %.id))":                                "policy p FOR INSERT TO pg_monitor WITH CHECK ((EXISTS ( SELECT FROM public.r WHERE (r.id = t.id)))) x2",
		"create rule ru as on delete to % do also notify x":                                                                                  "rule ru x2",
		"alter table % alter id set not null":                                                                                                "not null id x2",
		"alter table % alter id set statistics 7, alter v set (n_distinct = 3)":                                                              "options v n_distinct=3 x2; target id 7 x2",
		"alter table % alter v set storage external; alter table events_2 alter v set compression pglz":                                      "compression v pglz x1; storage v EXTERNAL x2",
		"comment on column %.v is 'it''s'":                                                                                                   "column comment v it's x2",
		"comment on column %.v is 'x'; comment on column e.v is 'y'":                                                                         "",
		"alter table % set (toast.autovacuum_enabled = off, fillfactor = 70)":                                                                "toast autovacuum_enabled=off x2",
	} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := pgtest.New(t)
			db.Exec(t, `create table r (id int primary key); create function shout(text) returns text immutable language sql as 'select $1';
				create function f() returns trigger language plpgsql as 'begin return new; end';
				create table e (at date, id int, v text) partition by range (at); create table e_default partition of e default`)
			db.Exec(t, `create table events_1 partition of e for values from ('2026-11-01') to ('2026-11-02'); create table events_2 partition of e for values from ('2026-11-02') to ('2026-11-03')`)
			for part := range strings.SplitSeq(change, ";") {
				if !strings.Contains(part, "%") {
					db.Exec(t, part)
					continue
				}
				db.Exec(t, strings.ReplaceAll(part, "%", "events_1"))
				db.Exec(t, strings.ReplaceAll(part, "%", "events_2"))
			}
			table := readOne(t, db.SQL(), "e")
			question := catalog.Ask{Kind: catalog.AskOwn, Relation: partition(t, table, "events_2").OID}
			is.NoErr(ask.One(t.Context(), session(t, db.SQL()), &table, []catalog.Ask{question}, 0))
			is.Equal(ownOf(partition(t, table, "events_2")), want)
			is.Equal(table.Answers[question].Count, int64(2))
		})
	}
}

// Where partitions have nothing of their own, nobody's lock keeps the question waiting; where they have, it gives up soon.
func TestAsk_own_beside_a_lock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	db.Exec(t, `create table e (at date, id int) partition by range (at); create index on e (id);
		create table e1 partition of e for values from ('2026-11-01') to ('2026-11-02')`)
	table := readOne(t, db.SQL(), "e")
	question := catalog.Ask{Kind: catalog.AskOwn, Relation: partition(t, table, "e1").OID}
	holder := session(t, db.SQL())
	answered := func() catalog.Answer {
		_, err := holder.ExecContext(t.Context(), "begin; lock table e in access exclusive mode")
		is.NoErr(err)
		table.Answers = nil
		is.NoErr(ask.One(t.Context(), session(t, db.SQL()), &table, []catalog.Ask{question}, 0))
		_, err = holder.ExecContext(t.Context(), "commit")
		is.NoErr(err)
		return table.Answers[question]
	}
	is.True(answered().Known)
	db.Exec(t, "create index on e1 (at) where id > 3")
	is.Equal(answered().Cause, "the table is locked by another session")
}

// overheard notes what is sent.
type overheard struct {
	catalog.Querier
	sent []string
}

func (c *overheard) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	c.sent = append(c.sent, query)
	return c.Querier.ExecContext(ctx, query, args...)
}

func (c *overheard) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.sent = append(c.sent, query)
	return c.Querier.QueryContext(ctx, query, args...)
}

// ownQuestions ask of each table what its last partition has of its own.
func ownQuestions(tables []catalog.Table) (questions []ask.Question) {
	for n := range tables {
		last := tables[n].Partitions[len(tables[n].Partitions)-1]
		questions = append(questions, ask.Question{Table: &tables[n], Asks: []catalog.Ask{{Kind: catalog.AskOwn, Relation: last.OID}}})
	}
	return questions
}

// Where partitions have nothing of their own, one question is enough for all tables; where one has, only its own are looked at closely.
func TestAsk_own_once_for_all_tables(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	var wants []catalog.Want
	for n := range 5 {
		db.Exec(t, strings.ReplaceAll(`create table e% (at date, id int check (id > 0)) partition by range (at); create index on e% (id); create statistics s% on at, id from e%;
			comment on column e%.id is 'x'; create table e%_1 (like e% including all); alter table e% attach partition e%_1 for values from ('2026-11-01') to ('2026-11-02')`, "%", fmt.Sprint(n)))
		wants = append(wants, want(fmt.Sprint("e", n)))
	}
	db.Exec(t, "alter table e3_1 add check (id < 1000)")
	is.NoErr(catalog.Reading(t.Context(), session(t, db.SQL()), func(r *catalog.Reader) error {
		s, err := r.Read(t.Context(), wants)
		is.NoErr(err)
		questions := ownQuestions(s.Tables)
		sent := &overheard{Querier: r.Querier}
		r.Querier = sent
		is.NoErr(ask.All(t.Context(), r, questions, 0))
		for n, q := range questions {
			is.True(q.Table.Answers[q.Asks[0]].Known)
			is.Equal(len(q.Table.Partitions[0].Own) > 0, n == 3)
		}
		if len(sent.sent) > 8 { // settings, then a look at all and one at what is left, each behind a savepoint, and back
			t.Errorf("%d messages: %.2000s", len(sent.sent), sent.sent)
		}
		return nil
	}))
}

// What partitions of many tables have of their own is asked in one statement; where one table is locked, of each by itself.
func TestAsk_own_together(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	var wants []catalog.Want
	for n := range 12 {
		db.Exec(t, strings.ReplaceAll(`create table e% (at date, id int) partition by range (at);
			create table e%_1 partition of e% for values from ('2026-11-01') to ('2026-11-02'); create table e%_2 partition of e% for values from ('2026-11-02') to ('2026-11-03')`, "%", fmt.Sprint(n)))
		if n > 0 {
			db.Exec(t, strings.ReplaceAll(`create index on e%_1 (id); create index on e%_2 (id); alter table e%_2 add check (id > %)`, "%", fmt.Sprint(n)))
		}
		wants = append(wants, want(fmt.Sprint("e", n)))
	}
	holder := session(t, db.SQL())
	for _, locked := range []bool{false, true} {
		if locked {
			run(t, holder, "begin", "lock table e3 in access exclusive mode")
		}
		is.NoErr(catalog.Reading(t.Context(), session(t, db.SQL()), func(r *catalog.Reader) error {
			s, err := r.Read(t.Context(), wants)
			is.NoErr(err)
			questions := ownQuestions(s.Tables)
			sent := &overheard{Querier: r.Querier}
			r.Querier = sent
			is.NoErr(ask.All(t.Context(), r, questions, 0))
			for n, q := range questions {
				answer, own := q.Table.Answers[q.Asks[0]], ownOf(q.Table.Partitions[1])
				want := fmt.Sprintf("check e%[1]d_2_id_check CHECK ((id > %[1]d)) x1; index e%[1]d_2_id_idx USING btree (id) x2", n)
				switch {
				case locked && n == 3:
					is.Equal(answer.Cause, "the table is locked by another session")
				case n == 0:
					is.True(answer.Known && !answer.Yes && own == "" && answer.Count == 2)
				default:
					if !answer.Known || !answer.Yes || answer.Count != 2 {
						t.Errorf("%d %+v", n, answer)
					}
					is.Equal(own, want)
				}
			}
			if !locked && len(sent.sent) > 9 { // settings, then a look at all and one at what is left, each behind a savepoint, and back
				t.Errorf("%d messages: %.2000s", len(sent.sent), sent.sent)
			}
			return nil
		}))
	}
}

// cutOff has the first look at all tables cancelled.
type cutOff struct {
	catalog.Querier
	done bool
}

func (c *cutOff) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if strings.HasPrefix(query, "-- Which partitions have anything of the") && !c.done {
		c.done = true
		return c.Querier.QueryContext(ctx, "do $$ begin raise sqlstate '57014'; end $$")
	}
	return c.Querier.QueryContext(ctx, query, args...)
}

// A look at all tables that failed says nothing about any of them: each is asked about by itself.
func TestAsk_own_after_a_look_that_failed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	var wants []catalog.Want
	for n := range 3 {
		db.Exec(t, strings.ReplaceAll(`create table e% (at date, id int) partition by range (at); create table e%_1 partition of e% for values from ('2026-11-01') to ('2026-11-02');
			create index on e%_1 (id)`, "%", fmt.Sprint(n)))
		wants = append(wants, want(fmt.Sprint("e", n)))
	}
	holder := session(t, db.SQL())
	run(t, holder, "begin", "lock table e1 in access exclusive mode") // so each is asked about by itself
	is.NoErr(catalog.Reading(t.Context(), session(t, db.SQL()), func(r *catalog.Reader) error {
		s, err := r.Read(t.Context(), wants)
		is.NoErr(err)
		questions := ownQuestions(s.Tables)
		cut := &cutOff{Querier: r.Querier}
		r.Querier = cut
		is.NoErr(ask.All(t.Context(), r, questions, 0))
		is.True(cut.done)
		for n, q := range questions {
			is.Equal(q.Table.Answers[q.Asks[0]].Yes, n != 1)
			is.Equal(q.Table.Answers[q.Asks[0]].Known, n != 1)
			is.Equal(len(q.Table.Partitions[0].Own) == 1, n != 1)
		}
		return nil
	}))
}
