package ask

import (
	"context"
	"database/sql"
	_ "embed" // keyends.sql
	"errors"
	"fmt"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

//go:embed keyends.sql
var keyEndsQuery string

// countUpTo is how many rows of a window are counted before "at least" is good enough.
const countUpTo = 100_000

// rows looks first whether there is a row of the window at all, which an index may tell at once, and then counts. A
// count that takes too long leaves it at one or more.
func (a asker) rows(ctx context.Context, o open) (catalog.Answer, error) {
	key, relation, err := a.keyOf(ctx, o)
	if err != nil {
		return catalog.Answer{}, err
	}
	yes, err := a.exists(ctx, rowsSQL(key, relation, o.ask))
	if err != nil || !yes {
		return catalog.Answer{Known: err == nil}, err
	}
	if _, err := a.tx.ExecContext(ctx, "SAVEPOINT partsmith_count"); err != nil {
		return catalog.Answer{}, err
	}
	answer := catalog.Answer{Known: true, Yes: true}
	count := fmt.Sprintf("SELECT pg_catalog.count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT %d) counted", relation, within(key, o.ask.From, o.ask.To), countUpTo+1)
	err = a.tx.QueryRowContext(ctx, count).Scan(&answer.Count)
	switch {
	case err != nil && a.cause(ctx, err) == "":
		return catalog.Answer{}, err
	case err != nil:
		answer.Count, answer.AtLeast = 1, true
		_, err = a.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT partsmith_count")
	case answer.Count > countUpTo:
		answer.Count, answer.AtLeast = countUpTo, true
	}
	return answer, err
}

// rowsSQL gives a row if there is one of the window.
func rowsSQL(key catalog.Column, relation string, ask catalog.Ask) string {
	return "SELECT 1 FROM " + relation + " WHERE " + within(key, ask.From, ask.To) + " LIMIT 1"
}

func (a asker) exists(ctx context.Context, query string) (bool, error) {
	var one int
	err := a.tx.QueryRowContext(ctx, query).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// within is the condition for keys of a window. A row without a key belongs to no window.
func within(c catalog.Column, from, to string) string {
	key := catalog.QuoteIdent(c.Name)
	if c.Collation.Table != "" {
		key += " COLLATE " + c.Collation.String()
	}
	conditions := []string{key + " IS NOT NULL"}
	if from != "" {
		conditions = append(conditions, fmt.Sprintf("%s >= %s::%s", key, catalog.QuoteLiteral(from), c.Type))
	}
	if to != "" {
		conditions = append(conditions, fmt.Sprintf("%s < %s::%s", key, catalog.QuoteLiteral(to), c.Type))
	}
	return strings.Join(conditions, " AND ")
}

// highest asks for the highest value of the first key column.
func (a asker) highest(ctx context.Context, o open) (catalog.Answer, error) {
	key, relation, err := a.keyOf(ctx, o)
	if err != nil {
		return catalog.Answer{}, err
	}
	var text sql.NullString
	err = a.tx.QueryRowContext(ctx, highestSQL(key, relation)).Scan(&text)
	return catalog.Answer{Known: err == nil, Text: text.String}, err
}

// highestSQL gives one value as text, null where there are no rows.
func highestSQL(key catalog.Column, relation string) string {
	return fmt.Sprintf("SELECT pg_catalog.max(%s)::text FROM %s", catalog.QuoteIdent(key.Name), relation)
}

// keyOf finds the column that divides a relation or, for a partition that is not divided further, its parent; and the
// name that the relation has now.
func (a asker) keyOf(ctx context.Context, o open) (catalog.Column, string, error) {
	key, err := o.key()
	if err != nil {
		return catalog.Column{}, "", err
	}
	relation, err := a.nameOf(ctx, o.ask.Relation)
	return key, relation, err
}

// key is the column that divides the relation of a question, or its parent.
func (o open) key() (catalog.Column, error) {
	level := levelOf(o.table, o.ask.Relation)
	if level == nil || len(level.Key) == 0 {
		return catalog.Column{}, unaskableError{"the table is not among those that were read"}
	}
	if level.Key[0].Name == "" {
		return catalog.Column{}, unaskableError{"the partition key is an expression"}
	}
	return level.Key[0], nil
}

// level is the table that a relation is, or that it is a partition of; nil where it is neither.
func levelOf(t *catalog.Table, oid uint32) *catalog.Table {
	if t.OID == oid {
		return t
	}
	for i := range t.Partitions {
		p := &t.Partitions[i]
		if p.OID == oid {
			return t
		}
		if p.Inner != nil {
			if found := levelOf(p.Inner, oid); found != nil {
				return found
			}
		}
	}
	return nil
}

// nameOf asks by OID: the name may be another table's by now.
func (a asker) nameOf(ctx context.Context, oid uint32) (string, error) {
	names, err := a.namesOf(ctx, []uint32{oid})
	if name, there := names[oid]; there || err != nil {
		return name, err
	}
	return "", unaskableError{"the table has been dropped since the catalog was read"}
}

func (a asker) namesOf(ctx context.Context, oids []uint32) (map[uint32]string, error) {
	names := map[uint32]string{}
	var oid int64
	var n catalog.Name
	err := a.tx.Each(ctx, `select c.oid::bigint, n.nspname, c.relname from pg_catalog.pg_class c
		join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = any ($1::oid[])`, []any{catalog.ArrayOf(oids)}, []any{&oid, &n.Schema, &n.Table},
		func() { names[uint32(oid)] = n.String() })
	return names, err
}

// referenced joins the referencing table with the partition, as DETACH does when it looks whether it may go.
func (a asker) referenced(ctx context.Context, o open) (catalog.Answer, error) {
	partition, err := a.nameOf(ctx, o.ask.Relation)
	if err != nil {
		return catalog.Answer{}, err
	}
	ends, err := a.keyEnds(ctx, []uint32{o.ask.Key})
	if err != nil {
		return catalog.Answer{}, err
	}
	end, there := ends[o.ask.Key]
	if !there {
		return catalog.Answer{}, unaskableError{"the foreign key has been dropped since the catalog was read"}
	}
	yes, err := a.exists(ctx, end.referencedSQL(partition))
	return catalog.Answer{Known: err == nil, Yes: yes}, err
}

// keyEnd is a foreign key as a join of the table that has it with one that it references.
type keyEnd struct {
	referencing string
	conditions  []string
}

// referencedSQL gives a row if there is one of the partition that the key points at.
func (e keyEnd) referencedSQL(partition string) string {
	return fmt.Sprintf("SELECT 1 FROM %s r JOIN %s p ON %s LIMIT 1", e.referencing, partition, strings.Join(e.conditions, " AND "))
}

func (a asker) keyEnds(ctx context.Context, keys []uint32) (map[uint32]keyEnd, error) {
	ends := map[uint32]keyEnd{}
	var key int64
	var table catalog.Name
	var own, other, schema, operator string
	places := []any{&key, &table.Schema, &table.Table, &own, &other, &schema, &operator}
	err := a.tx.Each(ctx, keyEndsQuery, []any{catalog.ArrayOf(keys)}, places, func() {
		end := ends[uint32(key)]
		end.referencing = table.String()
		end.conditions = append(end.conditions, fmt.Sprintf("p.%s OPERATOR(%s.%s) r.%s", catalog.QuoteIdent(other), catalog.QuoteIdent(schema), operator, catalog.QuoteIdent(own)))
		ends[uint32(key)] = end
	})
	return ends, err
}
