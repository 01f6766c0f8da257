package integration

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What docs/architecture.md names is there: functions, types and methods by their package, and files.
func TestArchitectureNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	packages, names, files := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range goList(t) {
		packages[p.Name] = true
		for _, file := range p.GoFiles {
			path := filepath.Join(p.Dir, file)
			files[file], files[strings.TrimPrefix(p.ImportPath, module+"/")+"/"+file] = true, true
			declared(t, path, func(name string) { names[p.Name+"."+name] = true })
		}
	}
	checked := 0
	for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(strings.ReplaceAll(string(text), "```", ""), -1) {
		word := quoted[1]
		pkg, name, dotted := strings.Cut(word, ".")
		switch {
		case regexp.MustCompile(`^[a-z/_]+\.go$`).MatchString(word) && !strings.HasSuffix(word, "_test.go"):
			if checked++; !files[word] {
				t.Errorf("there is no file %s", word)
			}
		case dotted && packages[pkg] && ast.IsExported(name):
			if checked++; !names[word] {
				t.Errorf("there is no %s", word)
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d names were found to check", checked)
	}
}

// declared tells what a file declares: functions, types and their methods.
func declared(t *testing.T, path string, tell func(name string)) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			tell(methodOf(d) + d.Name.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok {
					tell(s.Name.Name)
					members(s, tell)
				}
			}
		}
	}
}

// methodOf is the type of a method with a dot behind it, nothing for a function.
func methodOf(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	return receiver(d.Recv.List[0].Type) + "."
}

// members are the methods of an interface and the fields of a struct.
func members(s *ast.TypeSpec, tell func(name string)) {
	var fields *ast.FieldList
	switch of := s.Type.(type) {
	case *ast.InterfaceType:
		fields = of.Methods
	case *ast.StructType:
		fields = of.Fields
	default:
		return
	}
	for _, f := range fields.List {
		for _, name := range f.Names {
			tell(s.Name.Name + "." + name.Name)
		}
	}
}
