package hcl

import (
	"errors"
	"fmt"
	"strings"

	"ariga.io/atlas/schemahcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/document"
)

// declared is the part of HCL files that policies need.
type declared struct {
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

// Policies reads the `lifecycle` blocks of HCL files, with variables and locals. The error is a document.Errors, or what
// Atlas says about the files.
func Policies(files []string, variables map[string]cty.Value) ([]document.Table, error) {
	parser := hclparse.NewParser()
	for _, path := range files {
		file, wrong := parser.ParseHCLFile(path)
		if wrong.HasErrors() {
			return nil, fmt.Errorf("read policies: %w", wrong)
		}
		prune(file.Body.(*hclsyntax.Body))
	}
	var d declared
	if err := schemahcl.New(schemahcl.WithPos()).Eval(parser, &d, variables); err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	var tables []document.Table
	var wrong document.Errors
	places := map[catalog.Name]document.Place{}
	for _, t := range d.Tables {
		for _, block := range t.policies() {
			found, errs := t.read(block)
			if before, twice := places[found.Name]; twice {
				errs = append(errs, &document.Error{Place: found.Place, What: "the table has its policy at " + before.String() + " already", Text: found.Name.String()})
			}
			places[found.Name] = found.Place
			wrong = append(wrong, errs...)
			tables = append(tables, found)
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return tables, nil
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

func (t *table) read(block *schemahcl.Resource) (document.Table, document.Errors) {
	name := catalog.Name{Schema: t.Qualifier, Table: t.Name}
	if t.Schema != nil {
		if path, err := t.Schema.ByType("schema"); err == nil && len(path) > 0 {
			name.Schema = path[len(path)-1]
		}
	}
	policy, err := document.ReadPolicy(name, value(block))
	found := document.Table{Name: name, Policy: policy, Place: place(block.Range())}
	var wrong document.Errors
	if err != nil && !errors.As(err, &wrong) {
		wrong = document.Errors{{Place: found.Place, What: err.Error()}}
	}
	return found, wrong
}
