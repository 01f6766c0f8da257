package catalog_test

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// Part by part everything is read that is read at once: what belongs to a table of one part is not taken for what another, of
// another part, has lost.
func TestReadParts_reads_what_Read_does(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `do $$ begin for i in 1..205 loop
			execute format('create table p%s (id int, at timestamptz) partition by range (id)', i);
			execute format('create table p%s_1 partition of p%1$s for values from (1) to (2)', i);
			if i % 7 = 0 then execute format('create table p%s_rest partition of p%1$s default', i); end if;
		end loop; end $$;
		alter table p3 rename to aside; alter table p204 rename to p3; -- a marker with the OID of one and the name of the other
		alter table aside detach partition p3_1;
		alter table p205 detach partition p205_1;
		alter table p7 add constraint p7_id_check check (id > 0);
		alter table p14 add primary key (id); alter table p203 add foreign key (id) references p14`)
	mark := func(own, parent, named string) {
		db.Exec(t, fmt.Sprintf(`do $$ begin execute format('comment on table %[1]s is %%L', format(E'pg-partsmith:orphan-parent=public.%[3]s\npg-partsmith:detached-at=2026-08-01T00:00:00+00:00\npartsmith:oid=%%s/%%s bound=FOR VALUES FROM (1) TO (2)',
			'%[1]s'::regclass::oid, '%[2]s'::regclass::oid)); end $$`, own, parent, named))
	}
	mark("p3_1", "aside", "p3")
	mark("p205_1", "p205", "p205")
	var wants []catalog.Want
	for i := range 205 {
		wants = append(wants, want(fmt.Sprintf("public.p%d", i+1)))
	}
	wants[203] = want("public.aside")
	wants = append(wants, want("public.p205_1")) // detached, and wanted itself
	conn := session(t, db.SQL())
	whole := read(t, conn, wants...).Tables
	var parts []catalog.Table
	calls := 0
	err := catalog.Reading(t.Context(), conn, func(r *catalog.Reader) error {
		return r.ReadParts(t.Context(), wants, func(first int, s catalog.Snapshot) error {
			if calls++; first != len(parts) {
				t.Errorf("part from %d after %d tables", first, len(parts))
			}
			parts = append(parts, s.Tables...)
			return nil
		})
	})
	if err != nil || calls != 5 || len(parts) != len(whole) {
		t.Fatalf("%v, %d parts, %d tables of %d", err, calls, len(parts), len(whole))
	}
	for i := range whole {
		whole[i].Server, parts[i].Server = catalog.Server{}, catalog.Server{} // its clock and what is committed go on
		if !reflect.DeepEqual(whole[i], parts[i]) {
			t.Errorf("%s:\n%+v\n%+v", whole[i].Name, whole[i], parts[i])
		}
	}
	if len(whole[203].Partitions) != 1 || len(whole[204].Partitions) != 1 || len(whole[2].Partitions) != 1 || len(whole[2].Lost)+len(whole[6].Lost) != 0 {
		t.Errorf("the stage is another: %+v", whole[203].Partitions)
	}
}

// What takes a look through a whole catalog is asked once, however many tables there are.
func TestReadParts_looks_through_catalogs_once(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	var wants []catalog.Want
	for i := range 250 {
		wants = append(wants, want(fmt.Sprintf("public.missing%d", i)))
	}
	var sent queries
	err := catalog.Reading(t.Context(), session(t, db.SQL()), func(r *catalog.Reader) error {
		sent.Querier, r.Querier = r.Querier, &sent
		return r.ReadParts(t.Context(), wants, func(int, catalog.Snapshot) error { return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	looks := 0
	for _, query := range sent.texts {
		if strings.Contains(query, "pg_publication_rel") {
			looks++
		}
	}
	if looks != 1 || len(sent.texts) != 6 {
		t.Errorf("%d of %d statements look through catalogs", looks, len(sent.texts))
	}
}

// queries remembers what was asked.
type queries struct {
	catalog.Querier
	texts []string
}

func (q *queries) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	q.texts = append(q.texts, query)
	return q.Querier.QueryContext(ctx, query, args...)
}

// What is read does not depend on the driver.
func TestRead_by_any_driver(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, everything)
	found := map[string]catalog.Table{}
	for driver, conn := range drivers(t, db) {
		table := read(t, conn, want("events")).Tables[0]
		forget(&table)
		found[driver] = table
	}
	if len(found["pq"].Partitions) == 0 || !reflect.DeepEqual(found["pq"], found["pgx"]) {
		t.Errorf("pq:\n%+v\npgx:\n%+v", found["pq"], found["pgx"])
	}
}
