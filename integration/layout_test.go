package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/partsmith/partsmith-migrate"

// source is what `go list` says about a package. Imports are those of its code, Deps also what these import in turn; tests of
// a package may import what they like.
type source struct {
	ImportPath string
	Name, Dir  string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// rule says what code below one folder of the module may not come to depend on.
type rule struct {
	of      string   // folder
	not     []string // folders of the module, or whole paths of others; with all that is below
	because string
}

var layout = []rule{
	{"core/period", []string{"core/catalog", "core/lock", "core/ddl", "core/session", "core/leaf", "core/level", "core/lifecycle", "core/executor"}, "it is a leaf"},
	{"core/catalog", []string{"core/period", "core/ask", "core/lock", "core/ddl", "core/session", "core/leaf", "core/level", "core/lifecycle", "core/executor"}, "it is a leaf"},
	{"core/lock", []string{"core/period", "core/catalog", "core/ddl", "core/session", "core/leaf", "core/level", "core/lifecycle", "core/executor"}, "it is a leaf"},
	{"core/ask", []string{"core/period", "core/lock", "core/ddl", "core/level", "core/leaf", "core/lifecycle", "core/executor", "core/planner"}, "it asks, and decides nothing"},
	{"core/ddl", []string{"core/period", "core/lock", "core/session", "core/leaf", "core/level", "core/lifecycle", "core/executor"}, "it writes statements and knows no policy"},
	{"core/leaf", []string{"core/period", "core/lock", "core/session", "core/level", "core/lifecycle", "core/executor"}, "it knows what a new partition is like, whatever it holds"},
	{"core/level", []string{"core/lock", "core/session", "core/leaf", "core/lifecycle", "core/executor"}, "it knows how a level is divided, and plans nothing"},
	{"core/planner", []string{"core/lock", "core/blocker", "core/executor"}, "it reads and takes no lock"},
	{"core/blocker", []string{"core/lock", "core/session", "core/executor"}, "it looks at others and does nothing"},
	{"core/session", []string{"core/period", "core/lifecycle", "core/executor"}, "it knows no plans"},
	{"core/lifecycle", []string{"core/lock", "core/session", "core/executor"}, "it plans and changes nothing"},
	{"core", []string{"document", "plugin", "gooseext", "atlasext", "cmd", "examples"}, "imports run one way"},
	{"core", []string{"github.com/pressly/goose", "ariga.io/atlas", "github.com/urfave/cli"}, "the core knows no migrator and no command line"},
	{"document", []string{"core/executor", "plugin", "gooseext", "atlasext", "cmd", "examples"}, "it reads policies and follows none"},
	{"plugin", []string{"document", "gooseext", "atlasext", "cmd", "examples"}, "imports run one way"},
	{"gooseext", []string{"document"}, "who embeds goose compiles no reader of documents"},
	{"gooseext", []string{"atlasext", "ariga.io/atlas", "cmd", "examples"}, "who uses one migrator gets nothing of another"},
	{"atlasext", []string{"gooseext", "github.com/pressly/goose", "cmd", "examples"}, "who uses one migrator gets nothing of another"},
	{"core", []string{"integration"}, "only tests and the command start servers"},
	{"document", []string{"integration"}, "only tests and the command start servers"},
	{"plugin", []string{"integration"}, "only tests and the command start servers"},
	{"gooseext", []string{"integration"}, "only tests and the command start servers"},
	{"atlasext", []string{"integration"}, "only tests and the command start servers"},
	{"examples", []string{"integration"}, "only tests and the command start servers"},
	{"integration/fault", []string{"core", "plugin", "gooseext", "atlasext", "cmd"}, "it breaks connections, whoever's they are"},
}

func TestLayout(t *testing.T) {
	t.Parallel()
	packages := goList(t)
	if len(packages) < 5 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	for _, complaint := range complaints(packages, layout) {
		t.Error(complaint)
	}
}

// Of pgx the core takes the root package alone: it speaks database/sql, with whatever driver the migrator brought.
func TestCoreTakesOnlyTheRootOfPgx(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t) {
		for _, imported := range p.Imports {
			if within(p.ImportPath, module+"/core") && within(imported, "github.com/jackc") && imported != "github.com/jackc/pgx/v5" {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// What decides and what writes statements has no effects: no session, file, clock of a context, network or log.
func TestPlanningIsPure(t *testing.T) {
	t.Parallel()
	pure := map[string]bool{}
	for _, folder := range []string{"period", "ddl", "leaf", "level", "lifecycle"} {
		pure[module+"/core/"+folder] = false
	}
	for _, p := range goList(t) {
		if _, ok := pure[p.ImportPath]; !ok {
			continue
		}
		pure[p.ImportPath] = true
		for _, imported := range p.Imports {
			for _, effect := range []string{"database/sql", "os", "context", "net", "log", "io", "sync"} {
				if within(imported, effect) {
					t.Errorf("%s imports %s", p.ImportPath, imported)
				}
			}
		}
	}
	for path, seen := range pure {
		if !seen {
			t.Errorf("there is no %s", path)
		}
	}
}

// A program that embeds goose, or puts the plug-in around a migrator of its own, compiles no YAML: whoever wants a document
// imports its package.
func TestOnlyDocumentsCompileYAML(t *testing.T) {
	t.Parallel()
	known := false
	for _, p := range goList(t) {
		yaml := slices.ContainsFunc(p.Deps, func(dep string) bool { return strings.Contains(dep, "yaml") })
		known = known || yaml && p.ImportPath == whole("document")
		for _, folder := range []string{"core", "plugin", "gooseext"} {
			if yaml && within(p.ImportPath, whole(folder)) {
				t.Errorf("%s depends on a YAML package", p.ImportPath)
			}
		}
	}
	if !known {
		t.Error("YAML goes by another name")
	}
}

// Only who wants goose's command line gets the libraries of one.
func TestGooseextKnowsNoCommandLine(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t) {
		for _, dep := range p.Deps {
			if p.ImportPath == module+"/gooseext" && (within(dep, "github.com/urfave/cli") || within(dep, "github.com/joho/godotenv")) {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
	}
}

// Each rule must be able to complain.
func TestLayoutIsHeld(t *testing.T) {
	t.Parallel()
	for _, r := range layout {
		for _, forbidden := range r.not {
			dep := whole(forbidden) + "/v3/inner"
			offender := source{ImportPath: module + "/" + r.of + "/some", Deps: []string{"fmt", dep}}
			if len(complaints([]source{offender}, []rule{r})) != 1 {
				t.Errorf("%s may depend on %s", r.of, forbidden)
			}
		}
	}
	namesake := source{ImportPath: module + "/core/lockers", Deps: []string{module + "/core/period"}}
	if got := complaints([]source{namesake}, layout[2:3]); got != nil {
		t.Errorf("a name that only begins alike: %v", got)
	}
}

func complaints(packages []source, rules []rule) []string {
	var all []string
	for _, r := range rules {
		for _, p := range packages {
			if !within(p.ImportPath, whole(r.of)) {
				continue
			}
			for _, dep := range p.Deps {
				if slices.ContainsFunc(r.not, func(forbidden string) bool { return within(dep, whole(forbidden)) }) {
					all = append(all, fmt.Sprintf("%s depends on %s, but %s", p.ImportPath, dep, r.because))
				}
			}
		}
	}
	return all
}

// whole makes an import path of a rule's name: a first element with a dot is a host, as everywhere in Go.
func whole(name string) string {
	first, _, _ := strings.Cut(name, "/")
	if strings.Contains(first, ".") {
		return name
	}
	return module + "/" + name
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func goList(t *testing.T) []source {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Dir,GoFiles,Imports,Deps", "./...")
	cmd.Dir = ".."
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, &complaint)
	}
	var all []source
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p source
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		all = append(all, p)
	}
}
