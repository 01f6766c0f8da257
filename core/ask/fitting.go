package ask

import (
	"context"
	"database/sql"
	_ "embed" // fitindexes.sql, fitkeys.sql, fitchecks.sql, fitnames.sql
	"encoding/json"
	"errors"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

//go:embed fitindexes.sql
var fitIndexesQuery string

//go:embed fitkeys.sql
var fitKeysQuery string

//go:embed fitchecks.sql
var fitChecksQuery string

//go:embed fitnames.sql
var fitNamesQuery string

// fit finds out what ATTACH would make on a partition, and what it would refuse for indexes and CHECKs, and puts both where
// they belong. Definitions are printed with whole names, since a Reader's search_path holds nothing but pg_catalog: they are to
// mean the same under any.
func (a asker) fit(ctx context.Context, o open) (catalog.Answer, error) {
	p, parent := partitionOf(o.table, o.ask.Relation)
	if p == nil {
		return catalog.Answer{}, unaskableError{"the table is not among those that were read"}
	}
	differs, err := a.checksApart(ctx, p.OID, parent.OID)
	if err != nil {
		return catalog.Answer{}, err
	}
	shapes, err := a.indexShapes(ctx, p.OID, parent.OID)
	if err != nil {
		return catalog.Answer{}, err
	}
	fit, more, err := a.fitIndexes(ctx, p, shapes)
	if err != nil {
		return catalog.Answer{}, err
	}
	if fit.Keys, err = a.fitKeys(ctx, p, parent.OID); err != nil {
		return catalog.Answer{}, err
	}
	p.Fit, p.Differs = fit, append(p.Differs, append(differs, more...)...)
	return catalog.Answer{Known: true, Yes: len(fit.Indexes)+len(fit.Keys) > 0}, nil
}

// partition finds a partition or detached partition, at any depth, and the table that it belongs or belonged to.
func partitionOf(t *catalog.Table, oid uint32) (*catalog.Partition, *catalog.Table) {
	for i := range t.Partitions {
		p := &t.Partitions[i]
		if p.OID == oid {
			return p, t
		}
		if p.Inner != nil {
			if found, parent := partitionOf(p.Inner, oid); found != nil {
				return found, parent
			}
		}
	}
	return nil, nil
}

// checksApart tells of CHECKs that have the name of one of the parent's and say something else.
func (a asker) checksApart(ctx context.Context, own, parent uint32) (differs []string, err error) {
	var name, mine, theirs string
	err = a.tx.Each(ctx, fitChecksQuery, []any{int64(own), int64(parent)}, []any{&name, &mine, &theirs}, func() {
		differs = append(differs, fmt.Sprintf("CHECK %s is %s, in the parent %s", catalog.QuoteIdent(name), mine, theirs))
	})
	return differs, err
}

func (a asker) indexShapes(ctx context.Context, own, parent uint32) (shapes []indexShape, err error) {
	rows, err := a.tx.QueryContext(ctx, fitIndexesQuery, int64(own), int64(parent))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s indexShape
		var names string
		if err := rows.Scan(&s.theirs, &s.name, &s.shape, &s.unique, &s.valid, &s.excludes, &s.space, &s.columns, &names, &s.kind, &s.deferral, &s.whole, &s.def); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(names), &s.names); err != nil {
			return nil, err
		}
		shapes = append(shapes, s)
	}
	return shapes, rows.Err()
}

// fitIndexes are the indexes that the partition lacks. Of two primary keys neither can give way to the other.
func (a asker) fitIndexes(ctx context.Context, p *catalog.Partition, shapes []indexShape) (fit catalog.Fit, differs []string, err error) {
	for _, theirs := range missingIndexes(shapes) {
		if own, ok := primary(shapes); ok && theirs.kind == "p" {
			differs = append(differs, fmt.Sprintf("its primary key is (%s), that of the parent (%s)", own.columns, theirs.columns))
			continue
		}
		x, ok := theirs.index(shapes, p.Kind == "p")
		if ok && x.Constraint != "" && x.Name == "" {
			x.Name, err = a.freeName(ctx, p.OID, theirs.namesFor(p.Name.Table))
		}
		if err != nil {
			return catalog.Fit{}, nil, err
		}
		if ok {
			fit.Indexes = append(fit.Indexes, x)
		}
	}
	return fit, differs, nil
}

// primary is the index of the partition's own primary key.
func primary(shapes []indexShape) (indexShape, bool) {
	for _, s := range shapes {
		if !s.theirs && s.kind == "p" {
			return s, true
		}
	}
	return indexShape{}, false
}

// fitKeys are the foreign keys that the partition lacks. To a partitioned table one cannot be added without being checked
// at once until 17, so there it is left to ATTACH.
func (a asker) fitKeys(ctx context.Context, p *catalog.Partition, parent uint32) ([]catalog.MissingKey, error) {
	if p.Kind != "r" {
		return nil, nil
	}
	shapes, err := a.keyShapes(ctx, p.OID, parent)
	if err != nil {
		return nil, err
	}
	missing := missingKeys(shapes)
	for i, k := range missing {
		if k.Added {
			continue
		}
		var names []string
		for n := range 100 {
			names = append(names, fitted(k.Name, []string{"", fmt.Sprint("_", n)}[min(n, 1)]))
		}
		if missing[i].Name, err = a.freeName(ctx, p.OID, names); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

func (a asker) keyShapes(ctx context.Context, own, parent uint32) (shapes []keyShape, err error) {
	rows, err := a.tx.QueryContext(ctx, fitKeysQuery, int64(own), int64(parent))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s keyShape
		if err := rows.Scan(&s.theirs, &s.name, &s.shape, &s.valid, &s.enforced, &s.def); err != nil {
			return nil, err
		}
		shapes = append(shapes, s)
	}
	return shapes, rows.Err()
}

func (a asker) freeName(ctx context.Context, table uint32, names []string) (name string, err error) {
	err = a.tx.QueryRowContext(ctx, fitNamesQuery, int64(table), catalog.ArrayOf(names)).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", unaskableError{"no name is free for a constraint that it lacks"}
	}
	return name, err
}
