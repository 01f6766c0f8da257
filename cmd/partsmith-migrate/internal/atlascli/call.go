package atlascli

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/schema"
	"github.com/urfave/cli/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Call is what a command line asks for, together with the environment of an atlas.hcl that it names.
type Call struct {
	URL, Dev         string   // of the database and of the dev database, may hold passwords
	Scope, DevScope  string   // the one schema that URL and Dev are about; empty: the whole database
	Files            []string // of the desired state
	Schemas, Exclude []string
	Variables        map[string]cty.Value

	TxMode       atlasext.TxMode
	Wait         time.Duration // for the advisory lock
	LockName     string
	LockNamed    bool // on the command line
	Concurrently bool
	Skip         []schema.Change // kinds of changes that the project file leaves out
	Format       string          // of what is printed
	Allow        []atlasext.Allowed
	DropFormer   []catalog.Name
	Strict       bool

	DryRun, AutoApprove bool
}

// UsageError says what is wrong with the command line or the project file. It shows no connection string.
type UsageError struct{ what string }

func wrong(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

func (e *UsageError) Error() string { return e.what }

// Read reads the flags; what they leave out comes from the project file. Lookup is for its getenv.
//
// A missing URL is no error yet: a policy document may name the database.
func Read(c *cli.Context, lookup func(string) (string, bool)) (Call, error) {
	call := Call{URL: c.String("url"), Dev: c.String("dev-url"), TxMode: atlasext.TxMode(c.String("tx-mode")),
		Wait: c.Duration("lock-timeout"), LockName: c.String("lock-name"), LockNamed: c.IsSet("lock-name"),
		Concurrently: c.Bool("concurrently"), Strict: c.Bool("strict"), Format: c.String("format"), DryRun: c.Bool("dry-run"), AutoApprove: c.Bool("auto-approve")}
	if call.Wait < 0 {
		return Call{}, wrong("--lock-timeout: must not be negative, %s", call.Wait)
	}
	if c.String("tx-mode") != "" && call.TxMode != atlasext.TxFile && call.TxMode != atlasext.TxNone {
		return Call{}, wrong("--tx-mode: %q is not known; there is file, none", call.TxMode)
	}
	to, err := call.lists(c)
	if err != nil {
		return Call{}, err
	}
	return call, call.complete(c, to, lookup)
}

// lists reads the flags that may be repeated.
func (c *Call) lists(flags *cli.Context) (to []string, err error) {
	if to, err = values("to", flags.StringSlice("to")); err != nil {
		return nil, err
	}
	if c.Schemas, err = values("schema", flags.StringSlice("schema")); err != nil {
		return nil, err
	}
	if c.Exclude, err = values("exclude", flags.StringSlice("exclude")); err != nil {
		return nil, err
	}
	if c.DropFormer, err = tables(flags, "allow-drop-former"); err != nil {
		return nil, err
	}
	if err := c.lift(flags); err != nil {
		return nil, err
	}
	c.Variables, err = variables(flags.StringSlice("var"))
	return to, err
}

// lift reads which guards are lifted, and for what.
func (c *Call) lift(flags *cli.Context) error {
	for _, g := range atlasext.Guards() {
		flag := g.Flag()[len("--"):]
		if g == atlasext.Empty {
			if flags.Bool(flag) {
				c.Allow = append(c.Allow, atlasext.Allowed{Guard: g})
			}
			continue
		}
		names, err := tables(flags, flag)
		if err != nil {
			return err
		}
		for _, name := range names {
			if g == atlasext.DropSchema {
				name = catalog.Name{Schema: name.Table}
			}
			c.Allow = append(c.Allow, atlasext.Allowed{Guard: g, Table: name})
		}
	}
	return nil
}

// CheckAllowed is an error where a flag that allows something has no name behind it: what stands there begins with a dash, as the next
// flag does.
func CheckAllowed(flags *cli.Context) error {
	var call Call
	_, err := tables(flags, "allow-drop-former")
	return cmp.Or(err, call.lift(flags))
}

// tables reads names of tables as SQL writes them.
func tables(flags *cli.Context, flag string) (all []catalog.Name, err error) {
	for _, text := range flags.StringSlice(flag) {
		name, err := catalog.ParseName(text)
		if err != nil || strings.HasPrefix(text, "-") {
			return nil, wrong("--%s: write behind it what it is for, as SQL does: --%s public.events", flag, flag)
		}
		all = append(all, name)
	}
	return all, nil
}

// complete puts behind the flags what the project file says.
func (c *Call) complete(flags *cli.Context, to []string, lookup func(string) (string, bool)) error {
	name := flags.String("env")
	if name == "" && flags.IsSet("config") {
		return wrong("--config: which environment of it? Give --env")
	}
	if name != "" {
		e, err := readEnvironment(cmp.Or(flags.String("config"), "file://atlas.hcl"), name, c.Variables, lookup)
		if err != nil {
			return err
		}
		c.URL, c.Dev = cmp.Or(c.URL, e.url), cmp.Or(c.Dev, e.dev)
		to, c.Schemas, c.Exclude = either(to, e.src), either(c.Schemas, e.schemas), either(c.Exclude, e.exclude)
		c.Variables, c.Concurrently, c.Skip = e.variables, c.Concurrently || e.concurrently, e.skip
		if e.format != "" && !flags.IsSet("format") {
			c.Format = e.format
		}
		if c.AutoApprove && e.review != "" {
			return wrong("--auto-approve is not allowed where a lint policy is set to %q, as env %q of the project file does", e.review, name)
		}
	}
	err := checkDev(c.Dev)
	if err == nil && c.Dev != "" {
		c.DevScope, err = scope("--dev-url", c.Dev)
	}
	if err != nil {
		return err
	}
	c.Files, err = paths(to)
	return err
}

// Connect says where the database is: what was given, else what stands elsewhere.
func (c *Call) Connect(elsewhere string) (err error) {
	if c.URL = cmp.Or(c.URL, elsewhere); c.URL == "" {
		return wrong("which database? Give --url, or --env for that of an atlas.hcl")
	}
	if c.Scope, err = scope("--url", c.URL); err != nil || c.Scope == "" {
		return err
	}
	for _, name := range c.Schemas {
		if name != c.Scope {
			return wrong("--schema: %s lies outside of schema %s, to which the URL is scoped by its search_path; leave one of the two out", name, c.Scope)
		}
	}
	return nil
}

// Desires is an error where no desired state is named.
func (c Call) Desires() error {
	if len(c.Files) == 0 {
		return wrong("which schema is desired? Give --to file://..., or --env for the src of an atlas.hcl")
	}
	return nil
}

// Source is the desired state. Dev is a session of the dev database, nil where none is named.
func (c Call) Source(dev *sql.Conn) atlasext.Source {
	return atlasext.Source{Files: c.Files, Variables: c.Variables, Schema: c.Scope, Dev: dev, DevSchema: c.DevScope}
}

// Runner is set up but for its Desired and for what concerns partitions alone.
func (c Call) Runner() atlasext.Runner {
	allow, former := slices.Clone(c.Allow), slices.Clone(c.DropFormer)
	for i := range former {
		former[i].Schema = cmp.Or(former[i].Schema, c.Scope, "public")
	}
	for i := range allow {
		if allow[i].Guard != atlasext.Empty {
			allow[i].Table.Schema = cmp.Or(allow[i].Table.Schema, c.Scope, "public")
		}
	}
	return atlasext.Runner{DropFormer: former, Schema: c.Scope, Schemas: c.Schemas, Exclude: c.Exclude, Allow: allow, LockName: c.LockName,
		Wait: c.Wait, TxMode: c.TxMode, Concurrently: c.Concurrently, Skip: c.Skip, Strict: c.Strict}
}

func either(first, second []string) []string {
	if len(first) > 0 {
		return first
	}
	return second
}
