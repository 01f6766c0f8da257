package catalog

import (
	"context"
	"database/sql"
	_ "embed" // keyends.sql
	"errors"
	"fmt"
	"strings"
)

//go:embed keyends.sql
var keyEndsQuery string

// countUpTo is how many rows of a window are counted before "at least" is good enough.
const countUpTo = 100_000

// rows looks first whether there is a row of the window at all, which an index may tell at once, and then counts. A
// count that takes too long leaves it at one or more.
func (a asker) rows(ctx context.Context, ask Ask) (Answer, error) {
	key, relation, err := a.keyOf(ctx, ask.Relation)
	if err != nil {
		return Answer{}, err
	}
	from := "FROM " + relation + " WHERE " + key.within(ask.From, ask.To)
	yes, err := a.exists(ctx, "SELECT 1 "+from+" LIMIT 1")
	if err != nil || !yes {
		return Answer{Known: err == nil}, err
	}
	if _, err := a.tx.ExecContext(ctx, "SAVEPOINT partsmith_count"); err != nil {
		return Answer{}, err
	}
	answer := Answer{Known: true, Yes: true}
	count := fmt.Sprintf("SELECT pg_catalog.count(*) FROM (SELECT 1 %s LIMIT %d) counted", from, countUpTo+1)
	err = a.tx.QueryRowContext(ctx, count).Scan(&answer.Count)
	switch {
	case err != nil && a.cause(ctx, err) == "":
		return Answer{}, err
	case err != nil:
		answer.Count, answer.AtLeast = 1, true
		_, err = a.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT partsmith_count")
	case answer.Count > countUpTo:
		answer.Count, answer.AtLeast = countUpTo, true
	}
	return answer, err
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
func (c Column) within(from, to string) string {
	key := QuoteIdent(c.Name)
	if c.Collation.Table != "" {
		key += " COLLATE " + c.Collation.String()
	}
	conditions := []string{key + " IS NOT NULL"}
	if from != "" {
		conditions = append(conditions, fmt.Sprintf("%s >= %s::%s", key, QuoteLiteral(from), c.Type))
	}
	if to != "" {
		conditions = append(conditions, fmt.Sprintf("%s < %s::%s", key, QuoteLiteral(to), c.Type))
	}
	return strings.Join(conditions, " AND ")
}

// highest asks for the highest value of the first key column.
func (a asker) highest(ctx context.Context, ask Ask) (Answer, error) {
	key, relation, err := a.keyOf(ctx, ask.Relation)
	if err != nil {
		return Answer{}, err
	}
	var text sql.NullString
	err = a.tx.QueryRowContext(ctx, fmt.Sprintf("SELECT pg_catalog.max(%s)::text FROM %s", QuoteIdent(key.Name), relation)).Scan(&text)
	return Answer{Known: err == nil, Text: text.String}, err
}

// keyOf finds the column that divides a relation or, for a partition that is not divided further, its parent; and the
// name that the relation has now.
func (a asker) keyOf(ctx context.Context, oid uint32) (Column, string, error) {
	level := a.table.level(oid)
	if level == nil || len(level.Key) == 0 {
		return Column{}, "", unaskableError{"the table is not among those that were read"}
	}
	if level.Key[0].Name == "" {
		return Column{}, "", unaskableError{"the partition key is an expression"}
	}
	relation, err := a.nameOf(ctx, oid)
	return level.Key[0], relation, err
}

// level is the table that a relation is, or that it is a partition of; nil where it is neither.
func (t *Table) level(oid uint32) *Table {
	if t.OID == oid {
		return t
	}
	for i := range t.Partitions {
		p := &t.Partitions[i]
		if p.OID == oid {
			return t
		}
		if p.Inner != nil {
			if found := p.Inner.level(oid); found != nil {
				return found
			}
		}
	}
	return nil
}

// nameOf asks by OID: the name may be another table's by now.
func (a asker) nameOf(ctx context.Context, oid uint32) (string, error) {
	var n Name
	err := a.tx.QueryRowContext(ctx, `select n.nspname, c.relname from pg_catalog.pg_class c
		join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = $1::bigint::oid`, int64(oid)).Scan(&n.Schema, &n.Table)
	if errors.Is(err, sql.ErrNoRows) {
		return "", unaskableError{"the table has been dropped since the catalog was read"}
	}
	return n.String(), err
}

// referenced joins the referencing table with the partition, as DETACH does when it looks whether it may go.
func (a asker) referenced(ctx context.Context, ask Ask) (Answer, error) {
	partition, err := a.nameOf(ctx, ask.Relation)
	if err != nil {
		return Answer{}, err
	}
	referencing, conditions, err := a.keyEnds(ctx, ask.Key)
	if err != nil {
		return Answer{}, err
	}
	yes, err := a.exists(ctx, fmt.Sprintf("SELECT 1 FROM %s r JOIN %s p ON %s LIMIT 1", referencing, partition, strings.Join(conditions, " AND ")))
	return Answer{Known: err == nil, Yes: yes}, err
}

func (a asker) keyEnds(ctx context.Context, key uint32) (referencing string, conditions []string, err error) {
	rows, err := a.tx.QueryContext(ctx, keyEndsQuery, int64(key))
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table Name
		var own, other, schema, operator string
		if err := rows.Scan(&table.Schema, &table.Table, &own, &other, &schema, &operator); err != nil {
			return "", nil, err
		}
		referencing = table.String()
		conditions = append(conditions, fmt.Sprintf("p.%s OPERATOR(%s.%s) r.%s", QuoteIdent(other), QuoteIdent(schema), operator, QuoteIdent(own)))
	}
	if rows.Err() == nil && len(conditions) == 0 {
		return "", nil, unaskableError{"the foreign key has been dropped since the catalog was read"}
	}
	return referencing, conditions, rows.Err()
}
