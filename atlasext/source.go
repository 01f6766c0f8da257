package atlasext

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/atlasext/internal/hcl"
	"github.com/partsmith/partsmith-migrate/atlasext/internal/inspect"
	"github.com/partsmith/partsmith-migrate/document"
)

// Desired is what a schema should be, and the policies that stand beside it. Where it was read from SQL files for a connection about
// one schema, a Runner changes the name of its schema.
type Desired struct {
	Realm    *schema.Realm
	Policies []document.Table // of `lifecycle` blocks, each with its place

	inspected bool            // it is what SQL files made in a dev database
	unsaid    map[string]bool // schemas of whose comment these say nothing
}

// ScopeError says that the desired state, the connection and the dev database are not about the same schemas: the difference
// would drop what is merely out of sight.
type ScopeError struct{ what string }

func (e *ScopeError) Error() string { return "read desired state: " + e.what }

func outOfScope(format string, args ...any) error { return &ScopeError{fmt.Sprintf(format, args...)} }

// Source says where the desired state comes from: HCL or SQL files, or a *schema.Realm that Go code made.
type Source struct {
	Files     []string             // HCL or SQL files, or folders of either; not both kinds together
	Realm     *schema.Realm        // instead of Files: made by Go code
	Variables map[string]cty.Value // of HCL files
	Schema    string               // the one schema that the connection is scoped to; empty: the whole database

	// Dev is a session of an empty database where SQL files are run, and where expressions get the form that the server gives
	// them. It is left empty. SQL files need it; without it expressions of HCL must be written as the server prints them.
	Dev       *sql.Conn
	DevSchema string // the one schema that Dev is scoped to, by its search_path; empty: the whole database
}

// Read evaluates the source. It reads files, and works in the dev database, if there is one.
//
// Errors in HCL name file and line; what is wrong with `lifecycle` blocks is a document.Errors; a dev database about other schemas is
// a ScopeError. A dev database that is not empty is a migrate.NotCleanError, and is not touched.
func (s Source) Read(ctx context.Context) (*Desired, error) {
	if s.Realm != nil {
		return s.normal(ctx, &Desired{Realm: s.Realm})
	}
	files, kind, err := s.list()
	if err != nil {
		return nil, fmt.Errorf("read desired state: %w", err)
	}
	if kind == ".sql" {
		return s.fromSQL(ctx, files)
	}
	d, err := s.fromHCL(files)
	if err != nil {
		return nil, err
	}
	return s.normal(ctx, d)
}

// list gives the files of all folders, and their one extension.
func (s Source) list() (files []string, kind string, err error) {
	for _, path := range s.Files {
		info, err := os.Stat(path)
		if err != nil {
			return nil, "", err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		for _, extension := range []string{"hcl", "sql"} {
			inside, err := filepath.Glob(filepath.Join(inspect.EscapeGlob(path), "*."+extension))
			if err != nil {
				return nil, "", err
			}
			files = append(files, inside...)
		}
	}
	if len(files) == 0 {
		return nil, "", errors.New("there is no .hcl or .sql file")
	}
	kind = filepath.Ext(files[0])
	if kind != ".hcl" && kind != ".sql" {
		return nil, "", fmt.Errorf("%s is neither .hcl nor .sql", files[0])
	}
	if i := slices.IndexFunc(files, func(f string) bool { return filepath.Ext(f) != kind }); i >= 0 {
		return nil, "", fmt.Errorf("%s and %s: files of one kind are needed", files[0], files[i])
	}
	return files, kind, nil
}

func (s Source) fromHCL(files []string) (*Desired, error) {
	parser := hclparse.NewParser()
	for _, path := range files {
		if _, wrong := parser.ParseHCLFile(path); wrong.HasErrors() {
			return nil, fmt.Errorf("read desired state: %w", wrong)
		}
	}
	realm := &schema.Realm{}
	if err := postgres.EvalHCL.Eval(parser, realm, s.Variables); err != nil {
		return nil, fmt.Errorf("read desired state: %w", err)
	}
	policies, err := hcl.Policies(files, s.Variables)
	if err != nil {
		return nil, err
	}
	return &Desired{Realm: realm, Policies: policies}, nil
}

// fromSQL runs the files in the dev database, looks at what they made, and clears it away.
func (s Source) fromSQL(ctx context.Context, files []string) (*Desired, error) {
	dev, err := s.dev()
	if err != nil {
		return nil, err
	}
	switch {
	case dev == nil:
		return nil, errors.New("read desired state: SQL files need a dev database")
	case s.Schema == "" && s.DevSchema != "":
		return nil, outOfScope("the dev database is about schema %q, and the connection about the whole database; give both a search_path, or neither", s.DevSchema)
	case s.Schema != "" && s.DevSchema == "":
		return nil, outOfScope("the connection is about schema %q, and the dev database about the whole of it; give both a search_path, or neither", s.Schema)
	}
	folder := &migrate.MemDir{}
	for i, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read desired state: %w", err)
		}
		// Replay wants a version in front of each name, and keeps the order of names.
		if err := folder.WriteFile(fmt.Sprintf("%06d_%s", i+1, filepath.Base(path)), text); err != nil {
			return nil, fmt.Errorf("read desired state: %w", err)
		}
	}
	before, err := s.said(ctx)
	if err != nil {
		return nil, err
	}
	realm, err := s.replay(ctx, dev, folder)
	if err != nil {
		return nil, fmt.Errorf("read desired state: %w", err)
	}
	d := &Desired{Realm: realm, inspected: true}
	d.uncomment(before)
	return d, nil
}

func (s Source) replay(ctx context.Context, dev *Driver, folder *migrate.MemDir) (*schema.Realm, error) {
	sum, err := folder.Checksum()
	if err != nil {
		return nil, err
	}
	if err := migrate.WriteSumFile(folder, sum); err != nil {
		return nil, err
	}
	executor, err := migrate.NewExecutor(dev, folder, migrate.NopRevisionReadWriter{})
	if err != nil {
		return nil, err
	}
	return executor.Replay(ctx, migrate.StateReaderFunc(func(ctx context.Context) (*schema.Realm, error) {
		if s.DevSchema == "" {
			return dev.InspectRealm(ctx, nil)
		}
		ns, err := dev.InspectSchema(ctx, "", nil)
		if err != nil {
			return nil, err
		}
		return schema.NewRealm(ns), nil
	}))
}

// normal gives expressions the form that the server gives them, where there is a dev database.
func (s Source) normal(ctx context.Context, d *Desired) (*Desired, error) {
	dev, err := s.dev()
	if err != nil || dev == nil || len(d.Realm.Schemas) == 0 {
		return d, err
	}
	comments := map[string]*schema.Comment{}
	for _, ns := range d.Realm.Schemas {
		if text := commentOf(ns.Attrs); text != "" {
			comments[ns.Name] = &schema.Comment{Text: text}
		}
	}
	if d.Realm, err = s.normalized(ctx, dev, d.Realm); err != nil {
		return nil, err
	}
	for _, ns := range d.Realm.Schemas {
		ns.Attrs = withComment(ns.Attrs, comments[ns.Name]) // what was said of the dev database's own is not desired
	}
	return d, nil
}

func (s Source) normalized(ctx context.Context, dev *Driver, realm *schema.Realm) (*schema.Realm, error) {
	if s.DevSchema == "" {
		realm, err := dev.NormalizeRealm(ctx, realm)
		if err != nil {
			return nil, fmt.Errorf("normalize desired state: %w", err)
		}
		return realm, nil
	}
	if n := len(realm.Schemas); n > 1 {
		return nil, outOfScope("it has %d schemas, and the dev database is about one, %s", n, s.DevSchema)
	}
	ns, err := dev.NormalizeSchema(ctx, realm.Schemas[0])
	if err != nil {
		return nil, fmt.Errorf("normalize desired state: %w", err)
	}
	ns.Realm = nil
	return schema.NewRealm(ns), nil
}
