package atlasext

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
)

// partitions plans the tables of all policies, those that the schema phase makes too.
func (r *run) partitions(ctx context.Context, p *Plan, v *view) error {
	reading, err := planner.Read(ctx, r.conn, r.tasks, r.At)
	if err != nil {
		return fmt.Errorf("plan partitions: %w", err)
	}
	r.server, p.At = reading.Server, r.At
	if p.At.IsZero() {
		p.At = reading.Server.Now
	}
	r.present = nil
	for _, t := range reading.Tables {
		if !t.Table.Missing {
			r.present = append(r.present, t.Task)
		}
		if made := added(v.changes, r.qualified(t.Task.Table)); made != nil {
			policy := t.Task.Policy
			if t.Plan, err = r.firstPartitions(ctx, v, newcomer(made, policy, reading.Server), policy, p.At); err != nil {
				return err
			}
		}
		p.Partitions = append(p.Partitions, t.Plan)
	}
	return nil
}

// firstPartitions plans a table that the schema phase makes. Such a plan asks for nothing but whether names are free.
func (r *run) firstPartitions(ctx context.Context, v *view, table catalog.Table, policy lifecycle.Policy, at time.Time) (lifecycle.Plan, error) {
	plan := lifecycle.MakePlan(table, policy, at)
	for tries := 0; len(plan.Asks) > 0 && tries < 2; tries++ {
		if err := ask.One(ctx, r.conn, &table, plan.Asks, 0); err != nil {
			return plan, fmt.Errorf("plan partitions of %s: %w", table.Name, err)
		}
		for asked := range table.Answers {
			if m, ok := v.families.Named(asked.Name); ok && m.Root == table.Name {
				table.Answers[asked] = catalog.Answer{Known: true} // it goes with the table that is made anew
			}
		}
		plan = lifecycle.MakePlan(table, policy, at)
	}
	return plan, nil
}

// added is the table of that name which the changes create.
func added(changes []schema.Change, name catalog.Name) *schema.Table {
	for _, c := range changes {
		if add, ok := c.(*schema.AddTable); ok && nameOf(add.T) == name {
			return add.T
		}
	}
	return nil
}

// newcomer is a table that does not exist yet, as the catalog will have it.
func newcomer(t *schema.Table, policy lifecycle.Policy, server catalog.Server) catalog.Table {
	table := catalog.Table{Name: nameOf(t), Kind: "r", Owner: server.Role, Server: server}
	table.Target = catalog.Schema{Name: table.Name.Schema, Exists: true, Create: true}
	if policy.Schema != "" {
		table.Target.Name = policy.Schema
	}
	for _, c := range t.Columns {
		table.Columns = append(table.Columns, column(c))
	}
	if key := keyOf(t); key != nil {
		table.Kind, table.Strategy = "p", catalog.Strategy(strings.ToLower(key.T))
		for _, part := range key.Parts {
			if part.C == nil {
				table.Key = append(table.Key, catalog.Column{})
				continue
			}
			table.Key = append(table.Key, column(part.C))
		}
	}
	return table
}

// keyOf is the partition key of a table, nil where it has none.
func keyOf(t *schema.Table) *postgres.Partition {
	for _, a := range t.Attrs {
		if p, ok := a.(*postgres.Partition); ok {
			return p
		}
	}
	return nil
}

func column(c *schema.Column) catalog.Column {
	text, err := postgres.FormatType(c.Type.Type)
	if err != nil {
		text = c.Type.Raw
	}
	return catalog.Column{Name: c.Name, Type: spelled(text), NotNull: !c.Type.Null}
}

// spelled is a type as format_type writes it. Atlas shortens timestamp(3) with time zone to timestamptz(3).
func spelled(text string) string {
	base, precision, ok := strings.Cut(text, "(")
	if ok {
		precision = "(" + precision
	}
	switch base {
	case "timestamptz":
		return "timestamp" + precision + " with time zone"
	case "timestamp":
		return "timestamp" + precision + " without time zone"
	}
	return text
}
