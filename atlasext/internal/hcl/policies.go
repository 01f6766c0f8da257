package hcl

import (
	"fmt"
	"strings"

	"ariga.io/atlas/schemahcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// document is the part of an HCL file that policies need.
type document struct {
	Schemas []*namespace `spec:"schema"`
	Tables  []*table     `spec:"table"`
}

type namespace struct {
	Name string `spec:",name"`
	schemahcl.DefaultExtension
}

type table struct {
	Name      string         `spec:",name"`
	Qualifier string         `spec:",qualifier"`
	Schema    *schemahcl.Ref `spec:"schema"`
	schemahcl.DefaultExtension
}

// Policies reads the `lifecycle` blocks of HCL files, with variables and locals. The error is a plugin.DocumentErrors, or what
// Atlas says about the files.
func Policies(files []string, variables map[string]cty.Value) ([]plugin.Entry, error) {
	parser := hclparse.NewParser()
	for _, path := range files {
		file, wrong := parser.ParseHCLFile(path)
		if wrong.HasErrors() {
			return nil, fmt.Errorf("read policies: %w", wrong)
		}
		prune(file.Body.(*hclsyntax.Body))
	}
	var d document
	if err := schemahcl.New(schemahcl.WithPos()).Eval(parser, &d, variables); err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	var entries []plugin.Entry
	var wrong plugin.DocumentErrors
	places := map[catalog.Name]plugin.Place{}
	for _, t := range d.Tables {
		for _, block := range t.policies() {
			e, errs := t.entry(block)
			if before, twice := places[e.Task.Table]; twice {
				errs = append(errs, &plugin.DocumentError{Place: e.Place, What: "the table has its policy at " + before.String() + " already", Text: e.Task.Table.String()})
			}
			places[e.Task.Table] = e.Place
			wrong = append(wrong, errs...)
			entries = append(entries, e)
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return entries, nil
}

// prune leaves what policies need: Atlas evaluates all of it again, without the types and words of its PostgreSQL dialect.
func prune(body *hclsyntax.Body) {
	body.Blocks = keep(body.Blocks, "variable", "locals", "schema", "table")
	for _, b := range body.Blocks {
		switch b.Type {
		case "schema":
			b.Body.Blocks = nil
			leave(b.Body.Attributes, "name", "for_each")
		case "table":
			b.Body.Blocks = keep(b.Body.Blocks, "partition")
			leave(b.Body.Attributes, "schema", "for_each")
			for _, p := range b.Body.Blocks {
				p.Body.Blocks = keep(p.Body.Blocks, "lifecycle")
				leave(p.Body.Attributes)
			}
		}
	}
}

func keep(blocks hclsyntax.Blocks, types ...string) (kept hclsyntax.Blocks) {
	for _, b := range blocks {
		for _, t := range types {
			if b.Type == t {
				kept = append(kept, b)
			}
		}
	}
	return kept
}

func leave(attributes hclsyntax.Attributes, names ...string) {
	for name := range attributes {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") {
			delete(attributes, name)
		}
	}
}

// policies are the `lifecycle` blocks of a table.
func (t *table) policies() (blocks []*schemahcl.Resource) {
	for _, p := range t.Extra.Children {
		for _, b := range p.Children {
			if p.Type == "partition" && b.Type == "lifecycle" {
				blocks = append(blocks, b)
			}
		}
	}
	return blocks
}

func (t *table) entry(block *schemahcl.Resource) (plugin.Entry, plugin.DocumentErrors) {
	name := catalog.Name{Schema: t.Qualifier, Table: t.Name}
	if t.Schema != nil {
		if path, err := t.Schema.ByType("schema"); err == nil && len(path) > 0 {
			name.Schema = path[len(path)-1]
		}
	}
	fields := value(block)
	policy, err := plugin.ReadPolicy(name, fields)
	entry := plugin.Entry{Task: lifecycle.Task{Table: name, Policy: policy}, Place: fields.Place}
	if err == nil {
		return entry, nil
	}
	return entry, err.(plugin.DocumentErrors) // as ReadPolicy says
}
