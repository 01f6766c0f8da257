package atlascli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"ariga.io/atlas/schemahcl"
	"ariga.io/atlas/sql/schema"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// environment is what an `env` of a project file says.
type environment struct {
	url, dev              string
	src, schemas, exclude []string
	variables             map[string]cty.Value // for the files of the desired state: its further attributes, under --var
	concurrently          bool
	skip                  []schema.Change // what the difference leaves out
	review                string          // of its lint policy: who applies is asked
	format                string
}

// project is the part of a project file that a declarative run needs.
type project struct {
	Envs  []*block `spec:"env"`
	Diffs []*diff  `spec:"diff"`
	Lints []*lint  `spec:"lint"`
}

type block struct {
	Name    string   `spec:"name,name"`
	URL     string   `spec:"url"`
	Dev     string   `spec:"dev"`
	Schemas []string `spec:"schemas"`
	Exclude []string `spec:"exclude"`
	Diff    *diff    `spec:"diff"`
	Lint    *lint    `spec:"lint"`
	Format  *format  `spec:"format"`
	Log     *format  `spec:"log"` // as it was called once
	Schema  *struct {
		schemahcl.DefaultExtension
	} `spec:"schema"`
	schemahcl.DefaultExtension
}

type diff struct {
	Skip       *skip `spec:"skip"`
	Concurrent *struct {
		Create bool `spec:"create"`
		Drop   bool `spec:"drop"`
	} `spec:"concurrent_index"`
}

type lint struct {
	Review string `spec:"review"`
}

type format struct {
	Schema *struct {
		Apply string `spec:"apply"`
	} `spec:"schema"`
}

// readEnvironment evaluates one environment of a project file, and nothing else in it.
func readEnvironment(config, name string, input map[string]cty.Value, lookup func(string) (string, bool)) (environment, error) {
	path, err := filePath(config)
	if err != nil {
		return environment{}, wrong("--config: %s", err)
	}
	parser := hclparse.NewParser()
	file, faults := parser.ParseHCLFile(path)
	if faults.HasErrors() {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return environment{}, wrong("--env: there is no %s; --config names another", path)
		}
		return environment{}, wrong("read project file: %s", faults)
	}
	body := file.Body.(*hclsyntax.Body) // the parser makes no other
	if err := prune(body, name); err != nil {
		return environment{}, err
	}
	var p project
	if err := evaluator(name, filepath.Dir(path), lookup).Eval(parser, &p, input); err != nil {
		return environment{}, wrong("read project file: %s: %s", path, err)
	}
	for _, e := range p.Envs {
		if e.Name == name {
			return e.read(path, p, input)
		}
	}
	return environment{}, wrong("--env: %s has no env %q", path, name)
}

// evaluator knows the functions and values that Atlas's command adds to the language.
func evaluator(env, base string, lookup func(string) (string, bool)) *schemahcl.State {
	return schemahcl.New(
		schemahcl.WithScopedEnums("env.lint.review", reviews()...),
		schemahcl.WithScopedEnums("lint.review", reviews()...),
		schemahcl.WithVariables(map[string]cty.Value{"atlas": cty.ObjectVal(map[string]cty.Value{"env": cty.StringVal(env)})}),
		schemahcl.WithFunctions(map[string]function.Function{
			"file": schemahcl.MakeFileFunc(base), "glob": schemahcl.MakeGlobFunc(base), "fileset": schemahcl.MakeFileSetFunc(base),
			"getenv": function.New(&function.Spec{
				Params: []function.Parameter{{Name: "key", Type: cty.String}},
				Type:   function.StaticReturnType(cty.String),
				Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
					value, _ := lookup(args[0].AsString())
					return cty.StringVal(value), nil
				},
			}),
		}))
}

func (b *block) read(path string, p project, input map[string]cty.Value) (environment, error) {
	e := environment{url: b.URL, dev: b.Dev, schemas: b.Schemas, exclude: b.Exclude, variables: map[string]cty.Value{}}
	e.follow(b.Diff, p.Diffs)
	for _, l := range append([]*lint{b.Lint}, p.Lints...) {
		if l != nil {
			e.review = cmp.Or(e.review, l.Review)
		}
	}
	for _, f := range []*format{b.Format, b.Log} {
		if f != nil && f.Schema != nil {
			e.format = cmp.Or(e.format, f.Schema.Apply)
		}
	}
	for _, a := range b.Extra.Attrs {
		if a.K != "src" {
			e.variables[a.K] = a.V
		}
	}
	for name, value := range input {
		e.variables[name] = value
	}
	src, found := b.Attr("src")
	if !found && b.Schema != nil {
		src, found = b.Schema.Attr("src")
	}
	if !found {
		return e, nil
	}
	var err error
	if e.src, err = src.Strings(); err != nil {
		one, err := src.String()
		if err != nil {
			return e, wrong("read project file: %s: src of env %q must be a string or a list of strings", path, b.Name)
		}
		e.src = []string{one}
	}
	return e, nil
}

// follow takes the diff policy: that of the env, which has what to skip from the project where it says nothing of it, else the project's.
func (e *environment) follow(own *diff, projects []*diff) {
	for _, d := range append([]*diff{own}, projects...) {
		if d == nil {
			continue
		}
		if own == nil {
			own = d
		}
		if d.Concurrent != nil && d == own {
			e.concurrently = d.Concurrent.Create || d.Concurrent.Drop
		}
		if d.Skip != nil && e.skip == nil {
			e.skip = d.Skip.changes()
		}
	}
}
