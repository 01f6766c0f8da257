package atlascli

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// reviews are the words of a lint policy for when a person must agree to changes.
func reviews() []string { return []string{"ALWAYS", "WARNING", "ERROR"} }

// rule says what of a block of a project file counts here. What is named nowhere in it is refused: it may change what is applied.
type rule struct {
	read    []string         // attributes that are read; nil: all, those of no meaning being variables
	refused []string         // attributes that Atlas's community edition refuses as well
	within  map[string]*rule // blocks that are read
	about   []string         // attributes and blocks that are about something else: other commands, output, the registry
	others  bool             // so are all that are not named
}

// policies are what an env and a whole project file can have alike.
func policies() map[string]*rule {
	return map[string]*rule{
		"diff": {within: map[string]*rule{"skip": {read: skips()}, "concurrent_index": {read: []string{"create", "drop"}}}, read: []string{}},
		"lint": {read: []string{"review"}, others: true},
	}
}

// ofEnv is the rule for an env.
func ofEnv() *rule {
	output := &rule{read: []string{}, others: true, within: map[string]*rule{"schema": {read: []string{"apply"}, others: true}}}
	of := &rule{refused: []string{"include"}, within: policies(), about: []string{"migration", "test"}}
	of.within["format"], of.within["log"] = output, output
	of.within["schema"] = &rule{read: []string{"src"}, about: []string{"repo"}}
	return of
}

func skips() (words []string) {
	for _, noun := range []string{"schema", "table", "column", "index", "foreign_key"} {
		words = append(words, "add_"+noun, "drop_"+noun, "modify_"+noun)
	}
	return append(words, "rename_table", "rename_constraint")
}

// strip leaves of a block what is read, and refuses what is not understood.
func (r *rule) strip(of string, body *hclsyntax.Body) error {
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		switch a := body.Attributes[name]; {
		case slices.Contains(r.refused, name):
			return wrong("%s: %s of %s is not evaluated here", place(a.SrcRange), name, of)
		case r.read == nil, slices.Contains(r.read, name):
		case r.others, slices.Contains(r.about, name):
			delete(body.Attributes, name)
		default:
			return wrong("%s: %s of %s is not understood here, and may change what is applied", place(a.SrcRange), name, of)
		}
	}
	body.Blocks = slices.DeleteFunc(body.Blocks, func(b *hclsyntax.Block) bool {
		return r.within[b.Type] == nil && (r.others || slices.Contains(r.about, b.Type))
	})
	for _, b := range body.Blocks {
		name := strings.Join(append([]string{b.Type}, b.Labels...), " ")
		if r.within[b.Type] == nil {
			return wrong("%s: block %s of %s is not understood here, and may change what is applied", place(b.TypeRange), name, of)
		}
		if err := r.within[b.Type].strip(name+" of "+of, b.Body); err != nil {
			return err
		}
	}
	return nil
}
