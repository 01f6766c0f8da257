package goosecli

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/urfave/cli/v2"
)

// here is goose's folder where none is named.
const here = "."

// Call is what a command line asks for.
type Call struct {
	Command  string // up, up-by-one, up-to, down, down-to, redo, reset, status, version
	Version  int64  // of up-to and down-to
	DBString string // "": none was given, neither as an argument nor in GOOSE_DBSTRING
	Argument bool   // DBString stands on the command line

	Dir, Table                                 string
	AllowMissing, NoVersioning, Verbose, Plain bool
	Timeout                                    time.Duration // of goose; 0: no end
	Locked                                     bool          // goose works under the lock
}

// Read reads what remains of a command line beside its flags, and the variables that stand behind these. Its errors repeat
// a word of the line only as quote does, since it may be a piece of a connection string.
func Read(c *cli.Context, args []string, lookup func(string) (string, bool), quote func(string) string) (Call, error) {
	get := func(name string) string { value, _ := lookup(name); return value }
	call := Call{DBString: get("GOOSE_DBSTRING"), Dir: c.String("dir"),
		Table:        cmp.Or(c.String("table"), get("GOOSE_TABLE"), goose.DefaultTablename),
		AllowMissing: c.Bool("allow-missing"), NoVersioning: c.Bool("no-versioning"), Verbose: c.Bool("v"),
		Plain: c.Bool("no-color") || get("NO_COLOR") != "", Timeout: c.Duration("timeout")}
	if call.Dir == here {
		call.Dir = cmp.Or(get("GOOSE_MIGRATION_DIR"), here)
	}
	if err := call.lock(cmp.Or(c.String("lock"), get("GOOSE_LOCK"), "session")); err != nil {
		return Call{}, err
	}
	driver, args := call.front(get("GOOSE_DRIVER"), args)
	if err := call.command(args, quote); err != nil {
		return Call{}, err
	}
	if !slices.Contains([]string{"", "postgres", "pgx"}, driver) {
		return Call{}, wrong("driver %s: only postgres has partitions that are known here; use goose itself", quote(driver))
	}
	return call, nil
}

func (c *Call) lock(word string) error {
	if word != "session" && word != "none" {
		return wrong("-lock: %q is not known; there is session, none", word)
	}
	c.Locked = word == "session"
	return nil
}

// front takes DRIVER and DBSTRING from before the command. Goose takes a word for a driver by its place alone, and wants
// none of the two where the variables are set; here either may be left out or given twice, and what is given counts.
func (c *Call) front(driver string, args []string) (string, []string) {
	named := len(args) > 0 && slices.Contains(drivers(), args[0])
	if named {
		driver, args = args[0], args[1:]
	}
	if len(args) > 0 && !slices.Contains(commands(), args[0]) && (len(args) > 1 || named) {
		c.DBString, c.Argument, args = args[0], true, args[1:]
	}
	return driver, args
}

// command reads what is left: the command and its version.
func (c *Call) command(args []string, quote func(string) string) error {
	if len(args) == 0 {
		return wrong("no command given; there is up, up-by-one, up-to, down, down-to, redo, reset, status, version")
	}
	c.Command = args[0]
	rest := args[1:]
	if slices.Contains(elsewhere(), c.Command) {
		return wrong("%s changes no database: run `goose %s`", c.Command, c.Command)
	}
	if !slices.Contains(commands(), c.Command) {
		return wrong("%s: no such command", quote(c.Command))
	}
	if c.Command == "up-to" || c.Command == "down-to" {
		if len(rest) == 0 {
			return wrong("%s must be of form: goose DRIVER DBSTRING [OPTIONS] %s VERSION", c.Command, c.Command)
		}
		version, err := strconv.ParseInt(rest[0], 10, 64)
		if err != nil {
			return wrong("version must be a number (got %s)", quote(rest[0]))
		}
		c.Version, rest = version, rest[1:]
	}
	if len(rest) > 0 {
		return wrong("%s: unexpected argument %s", c.Command, quote(rest[0]))
	}
	return nil
}

// changes reports whether the command changes the database.
func (c Call) changes() bool { return c.Command != "status" && c.Command != "version" }

// target is the version that a run upwards ends with.
func (c Call) target() int64 {
	if c.Command == "up-to" {
		return c.Version
	}
	return math.MaxInt64
}

// commands are the words that are commands of goose.
func commands() []string {
	return append([]string{"up", "up-by-one", "up-to", "down", "down-to", "redo", "reset", "status", "version"}, elsewhere()...)
}

// elsewhere are the commands that goose has for files and for people.
func elsewhere() []string { return []string{"create", "fix", "validate", "init", "env", "beta"} }

// drivers are the words that are drivers of goose (v3.29).
func drivers() []string {
	return []string{"postgres", "pgx", "redshift", "mysql", "sqlite3", "sqlite", "spanner", "mssql", "azuresql", "sqlserver", "tidb",
		"clickhouse", "vertica", "ydb", "turso", "libsql", "starrocks"}
}
