package inspect

import (
	"context"
	"database/sql"
	"strings"

	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// What Atlas 1.2.3 sends, and what is sent instead. A test holds the first to the pinned version.
const (
	// Atlas takes the attribute numbers of the key for positions in its list of columns, where dropped columns are missing.
	keyText    = "t4.partattrs AS partition_attrs"
	keyInstead = `(SELECT pg_catalog.string_agg(CASE WHEN k.number OPERATOR(pg_catalog.=) 0::pg_catalog.int2 THEN '0' ELSE (
		SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
		WHERE a.attrelid OPERATOR(pg_catalog.=) t4.partrelid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
			AND a.attnum OPERATOR(pg_catalog.<=) k.number)::pg_catalog.text END, ' ' ORDER BY k.place)
	FROM pg_catalog.unnest(t4.partattrs::pg_catalog.int2[]) WITH ORDINALITY AS k(number, place)) AS partition_attrs`

	// A foreign key that references a partitioned table has a row of its own for every partition, the child of the one that
	// was declared (conparentid, from 11 on).
	referenceText    = "AND con.contype = 'f'"
	referenceInstead = "AND con.contype = 'f' AND con.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid"
)

// repair is a session on which Atlas's two misreadings are put right on the way to the server. A text that is not known
// passes as it is; findings tell.
type repair struct {
	schema.ExecQuerier
	keys, references reading
}

// reading is how often a query of some kind was sent, and how often its text was the known one.
type reading struct{ sent, known int }

func (r *repair) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query = r.keys.mend(query, strings.Contains(query, "pg_partitioned_table"), keyText, keyInstead)
	query = r.references.mend(query, strings.Contains(query, "confdeltype"), referenceText, referenceInstead)
	return r.ExecQuerier.QueryContext(ctx, query, args...)
}

func (r *reading) mend(query string, meant bool, text, instead string) string {
	known := strings.Contains(query, text)
	if meant || known {
		r.sent++
	}
	if !known {
		return query
	}
	r.known++
	return strings.Replace(query, text, instead, 1)
}

// begin forgets what an earlier inspection sent.
func (r *repair) begin() { r.keys, r.references = reading{}, reading{} }

func (r *repair) findings() []lifecycle.Finding {
	var all []lifecycle.Finding
	if r.keys.known < r.keys.sent {
		all = append(all, unknownText("the key of a partitioned table", "Where a column before the key was dropped, the key is read wrongly."))
	}
	if r.references.known < r.references.sent {
		all = append(all, unknownText("foreign keys", "A foreign key that references a partitioned table appears once for every partition."))
	}
	return all
}

func unknownText(what, consequence string) lifecycle.Finding {
	return lifecycle.Finding{Code: "atlas_query", Severity: lifecycle.Warning,
		Message: "this version of Atlas reads " + what + " by a query that is not known here, so it was not repaired",
		Remedy:  consequence + " Use the version of Atlas that this module requires."}
}
