package ask

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// A run over many tables asks much the same of each. So questions are put together into one statement, and one by one only where
// that fails: one table that is locked, or that may not be read, is the matter of that table alone.

// togetherMost is how many questions stand in one statement. Each is about a relation that it keeps ACCESS SHARE on until
// the statement ends.
const togetherMost = 50

// togetherLong is how long a statement of several questions may take before those whose Took matters are put again.
const togetherLong = 100 * time.Millisecond

// together answers what it can in few statements, and gives the rest.
func (a asker) together(ctx context.Context, all []open) (rest []open, err error) {
	var names, owns, others []open
	for _, o := range all {
		switch o.ask.Kind {
		case catalog.AskTaken:
			names = append(names, o)
		case catalog.AskOwn:
			owns = append(owns, o)
		case catalog.AskRows, catalog.AskHighest, catalog.AskReferenced, catalog.AskSize:
			others = append(others, o)
		default:
			rest = append(rest, o)
		}
	}
	left, err := a.attempt(ctx, names, a.takenTogether)
	rest = append(rest, left...)
	for some := range slices.Chunk(others, togetherMost) {
		if err == nil {
			left, err = a.attempt(ctx, some, a.probeTogether)
			rest = append(rest, left...)
		}
	}
	if err == nil {
		owns, err = a.attempt(ctx, owns, a.ownLook)
	}
	for some := range ownParts(owns) {
		if err == nil {
			left, err = a.attempt(ctx, some, a.ownTogether)
			rest = append(rest, left...)
		}
	}
	return rest, err
}

// attempt puts several questions behind a savepoint. It gives those that must be put one by one.
func (a asker) attempt(ctx context.Context, some []open, put func(context.Context, []open) ([]open, error)) ([]open, error) {
	if len(some) < 2 {
		return some, nil
	}
	if err := a.begin(ctx); err != nil {
		return nil, err
	}
	left, err := put(ctx, some)
	switch {
	case err != nil && a.cause(ctx, err) == "":
		return nil, fmt.Errorf("ask %d questions at once: %w", len(some), err)
	case err != nil:
		left = some
	}
	return left, a.end(ctx)
}

func (a asker) takenTogether(ctx context.Context, some []open) ([]open, error) {
	var schemas, names []string
	for _, o := range some {
		schemas, names = append(schemas, o.ask.Name.Schema), append(names, o.ask.Name.Table)
	}
	began := time.Now()
	found, err := a.takenNames(ctx, schemas, names)
	if err != nil {
		return nil, err
	}
	for _, o := range some {
		what, yes := found[o.ask.Name]
		o.table.Answers[o.ask] = catalog.Answer{Known: true, Yes: yes, Text: what, Took: time.Since(began)}
	}
	return nil, nil
}

// probe is a question as a query of one value, which is null where the answer is no.
type probe struct {
	open
	query string
}

// probeTogether asks about rows and sizes. Rows that are there are counted afterwards, and how long the look for references takes
// must be known for each: those are left.
func (a asker) probeTogether(ctx context.Context, some []open) (left []open, err error) {
	probes, left, err := a.probes(ctx, some)
	if err != nil || len(probes) == 0 {
		return left, err
	}
	began := time.Now()
	values, err := a.values(ctx, probes)
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	for i, p := range probes {
		answer := catalog.Answer{Known: true, Took: took}
		value, yes := values[i].String, values[i].Valid
		switch {
		case p.ask.Kind == catalog.AskRows && yes, p.ask.Kind == catalog.AskReferenced && took > togetherLong:
			left = append(left, p.open)
			continue
		case p.ask.Kind == catalog.AskHighest:
			answer.Text = value
		case p.ask.Kind == catalog.AskSize:
			if answer.Bytes, err = strconv.ParseInt(value, 10, 64); err != nil {
				return nil, err
			}
		default:
			answer.Yes = yes
		}
		p.table.Answers[p.ask] = answer
	}
	return left, nil
}

// probes writes questions as queries. What makes no sense, or is gone, is left, and found out once more.
func (a asker) probes(ctx context.Context, some []open) (probes []probe, left []open, err error) {
	var relations, keys []uint32
	for _, o := range some {
		relations = append(relations, o.ask.Relation)
		if o.ask.Kind == catalog.AskReferenced {
			keys = append(keys, o.ask.Key)
		}
	}
	names, err := a.namesOf(ctx, relations)
	if err != nil {
		return nil, nil, err
	}
	var ends map[uint32]keyEnd
	if len(keys) > 0 {
		if ends, err = a.keyEnds(ctx, keys); err != nil {
			return nil, nil, err
		}
	}
	for _, o := range some {
		if query, ok := o.query(names[o.ask.Relation], ends); ok {
			probes = append(probes, probe{o, query})
		} else {
			left = append(left, o)
		}
	}
	return probes, left, nil
}

// query is the question about a relation of that name; false where it cannot be asked.
func (o open) query(relation string, ends map[uint32]keyEnd) (string, bool) {
	if relation == "" {
		return "", false
	}
	switch o.ask.Kind {
	case catalog.AskSize:
		return strings.ReplaceAll(relationSizeQuery, "$1", fmt.Sprintf("'%d'", o.ask.Relation)), true
	case catalog.AskReferenced:
		end, there := ends[o.ask.Key]
		return end.referencedSQL(relation), there
	}
	key, err := o.key()
	if o.ask.Kind == catalog.AskHighest {
		return highestSQL(key, relation), err == nil
	}
	return rowsSQL(key, relation, o.ask), err == nil
}

// values are what the probes gave, in their order. A condition on them would have each asked twice.
func (a asker) values(ctx context.Context, probes []probe) ([]sql.NullString, error) {
	var b strings.Builder
	for i, p := range probes {
		if i > 0 {
			b.WriteString("\nUNION ALL\n")
		}
		fmt.Fprintf(&b, "SELECT %d, (\n%s\n)::text", i, p.query)
	}
	rows, err := a.tx.QueryContext(ctx, b.String())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	values := make([]sql.NullString, len(probes))
	for rows.Next() {
		var place int
		var value sql.NullString
		if err := rows.Scan(&place, &value); err != nil {
			return nil, err
		}
		values[place] = value
	}
	return values, rows.Err()
}
