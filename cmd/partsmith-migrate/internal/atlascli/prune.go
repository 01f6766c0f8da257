package atlascli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// prune leaves of a project file what one environment needs. Data sources are not evaluated here: they run programs and
// queries, or ask Atlas's cloud. One that the environment does not need is no obstacle.
func prune(body *hclsyntax.Body, env string) error {
	body.Attributes = nil
	labelled := slices.ContainsFunc(body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == "env" && slices.Contains(b.Labels, env) })
	body.Blocks = slices.DeleteFunc(body.Blocks, func(b *hclsyntax.Block) bool {
		switch b.Type {
		case "variable", "locals", "diff", "lint":
			return false
		case "env":
			return len(b.Labels) > 0 && b.Labels[0] != env || len(b.Labels) == 0 && labelled // env { name = atlas.env } is for the rest
		}
		return true
	})
	var roots []hcl.Traversal
	for _, b := range body.Blocks {
		rule, of := policies()[b.Type], "the project file"
		if b.Type == "env" {
			rule, of = ofEnv(), fmt.Sprintf("env %q", env)
			if each := b.Body.Attributes["for_each"]; each != nil {
				return wrong("%s: for_each is not evaluated here: a run is about one database; give its --url", place(each.SrcRange))
			}
		} else if rule != nil {
			of = b.Type + " of " + of
		}
		if rule == nil {
			continue
		}
		if err := rule.strip(of, b.Body); err != nil {
			return err
		}
		roots = append(roots, references(b.Body)...)
	}
	return follow(body, roots)
}

// follow leaves of the locals those that are needed, and refuses what would need more than the file.
func follow(body *hclsyntax.Body, from []hcl.Traversal) error {
	locals := hclsyntax.Attributes{}
	for _, b := range body.Blocks {
		if b.Type == "locals" {
			maps.Copy(locals, b.Body.Attributes)
		}
	}
	needed := map[string]bool{}
	for len(from) > 0 {
		t := from[0]
		from = from[1:]
		switch name := second(t); t.RootName() {
		case "data":
			return wrong("%s: data sources such as data.%s are not evaluated here; give the value by --var, getenv or a flag", place(t.SourceRange()), name)
		case "local":
			if a := locals[name]; a != nil && !needed[name] {
				needed[name] = true
				from = append(from, a.Expr.Variables()...)
			}
		}
	}
	for _, b := range body.Blocks {
		if b.Type == "locals" {
			maps.DeleteFunc(b.Body.Attributes, func(name string, _ *hclsyntax.Attribute) bool { return !needed[name] })
		}
	}
	return nil
}

// place is written as for documents.
func place(r hcl.Range) string {
	return fmt.Sprintf("%s:%d:%d", r.Filename, r.Start.Line, r.Start.Column)
}

// second is what stands behind the first dot.
func second(t hcl.Traversal) string {
	if len(t) > 1 {
		if a, ok := t[1].(hcl.TraverseAttr); ok {
			return a.Name
		}
	}
	return ""
}

func references(body *hclsyntax.Body) (all []hcl.Traversal) {
	for _, a := range body.Attributes {
		all = append(all, a.Expr.Variables()...)
	}
	for _, b := range body.Blocks {
		all = append(all, references(b.Body)...)
	}
	return all
}
