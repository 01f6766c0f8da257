package fault_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// relation is a table as the catalog describes it, with its rows.
type relation struct {
	oid     string
	name    string
	parent  string // whose partition, with its bound; empty: nobody's
	shape   string // owner, constraints, indexes
	comment string
	rows    string
}

// state is every relation of a world, by OID.
type state map[string]relation

// state reads what there is now.
func (w *world) state() state {
	w.Helper()
	rows, err := w.pool.Query("select oid::text, name, parent, shape, comment, held from proof.relations()")
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	all := state{}
	for rows.Next() {
		var r relation
		if err := rows.Scan(&r.oid, &r.name, &r.parent, &r.shape, &r.comment, &r.rows); err != nil {
			w.Fatal(err)
		}
		all[r.oid] = r
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return all
}

// lost tells what is wrong with a state somewhere on the way from the first to the last: what the run was not to touch is
// different, a table that stays is gone, rows are missing, or there is something that does not belong.
func lost(first, now, last state) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for oid, was := range first {
		is, there := now[oid]
		will, stays := last[oid]
		switch {
		case stays && !there:
			say("%s is gone", was.name)
		case stays && was == will && is != was:
			say("%s is not to be touched: it was %+v, it is %+v", was.name, was, is)
		case there && (is.name != was.name || is.rows != was.rows):
			say("%s held %q, %s holds %q", was.name, was.rows, is.name, is.rows)
		}
	}
	expected := last.byName()
	for oid, is := range now {
		if _, old := first[oid]; old {
			continue
		}
		if _, planned := expected[is.name]; !planned || is.rows != "" {
			say("%s is new and holds %q", is.name, is.rows)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// byName describes a state without the OIDs of what is new in it.
func (s state) byName() map[string]relation {
	named := map[string]relation{}
	for _, r := range s {
		r.oid = ""
		named[r.name] = r
	}
	return named
}

// differences tells how two states differ, apart from the OIDs of what is new.
func differences(got, want state) string {
	g, w := got.byName(), want.byName()
	var all []string
	for name := range maps.Keys(w) {
		if g[name] != w[name] {
			all = append(all, fmt.Sprintf("%s:\n   is        %+v\n   should be %+v", name, g[name], w[name]))
		}
	}
	for name := range maps.Keys(g) {
		if _, known := w[name]; !known {
			all = append(all, fmt.Sprintf("%s should not be: %+v", name, g[name]))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
