package integration

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Whoever reads the documentation of a public package sees its types whole, with fields and methods: what is exported names no
// internal type, neither as an alias nor in a field, an argument or a result.
func TestPublicTypesAreDeclaredWhereTheyAreSeen(t *testing.T) {
	t.Parallel()
	files := 0
	for _, p := range goList(t) {
		if p.Name == "main" || slices.Contains(strings.Split(p.ImportPath, "/"), "internal") || within(p.ImportPath, whole("integration")) {
			continue
		}
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files++
			for _, complaint := range shown(fset, file) {
				t.Error(complaint)
			}
		}
	}
	if files < 100 {
		t.Errorf("only %d files were looked at", files)
	}
}

// The rule must be able to complain.
func TestInternalTypesAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"type A = inner.A":                                               1,
		"type A struct{ inner.A }":                                       1,
		"type A struct{ B *inner.B; c inner.C }":                         1,
		"type A interface{ B() other.C }":                                1,
		"type A struct{ b inner.B }":                                     0,
		"type a = inner.A":                                               0,
		"const A = inner.A":                                              1,
		"func A(b []inner.B) map[string]other.C":                         2,
		"func a(b inner.B)":                                              0,
		"func A() string { return inner.B() }":                           0,
		"func (a *A) B() inner.B { return inner.B{} }":                   1,
		"func (a *a) B() inner.B { return inner.B{} }":                   0,
		"type A struct{ B elsewhere.B }\nfunc (A) C() { _ = inner.B{} }": 0,
	} {
		fset := token.NewFileSet()
		source := "package p\nimport (\n\"x/internal/inner\"\nother \"x/internal/named\"\n\"x/elsewhere\"\n)\n" + text
		file, err := parser.ParseFile(fset, "p.go", source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(fset, file); len(got) != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// shown are the places where what a file exports names an internal package.
func shown(fset *token.FileSet, file *ast.File) (complaints []string) {
	internal := map[string]bool{}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		internal[name] = slices.Contains(strings.Split(imported, "/"), "internal")
	}
	for _, seen := range exported(file) {
		ast.Inspect(seen, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if of, ok := s.X.(*ast.Ident); ok && internal[of.Name] {
					complaints = append(complaints, fmt.Sprintf("%s: %s.%s is internal, and seen from outside", fset.Position(s.Pos()), of.Name, s.Sel.Name))
				}
			}
			return true
		})
	}
	return complaints
}

// exported are the parts of a file that its documentation shows.
func exported(file *ast.File) (seen []ast.Node) {
	ast.FileExports(file) // unexported declarations and fields go; an embedded field has its type's name
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
				seen = append(seen, d.Type)
			}
		case *ast.GenDecl:
			if d.Tok != token.IMPORT {
				seen = append(seen, d)
			}
		}
	}
	return seen
}

// receiver is the name of the type that a method belongs to.
func receiver(of ast.Expr) string {
	switch of := of.(type) {
	case *ast.StarExpr:
		return receiver(of.X)
	case *ast.IndexExpr:
		return receiver(of.X)
	case *ast.Ident:
		return of.Name
	}
	return ""
}
