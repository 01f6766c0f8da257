package goosecli

import (
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/urfave/cli/v2"
)

// read is a command line with variables, both in words.
func read(t *testing.T, line, variables string) (Call, error) {
	t.Helper()
	set := map[string]string{}
	for _, pair := range strings.Fields(variables) {
		name, value, _ := strings.Cut(pair, "=")
		set[name] = value
	}
	parent := cli.NewContext(cli.NewApp(), nil, nil)
	c, args, err := Parse(parent, append(Flags(), &cli.BoolFlag{Name: "no-color"}), strings.Fields(line))
	if err != nil {
		return Call{}, err
	}
	return Read(c, args, func(name string) (string, bool) { value, ok := set[name]; return value, ok }, strconv.Quote)
}

func TestRead(t *testing.T) {
	t.Parallel()
	plain := Call{Command: "up", Dir: ".", Table: "goose_db_version", Locked: true}
	with := func(change func(*Call)) Call { c := plain; change(&c); return c }
	there := func(c *Call) { c.DBString, c.Argument = "url", true }
	for _, test := range []struct {
		line, variables string
		want            Call
	}{
		{"up", "", plain},
		{"postgres url up", "", with(there)},
		{"pgx url up", "", with(there)},
		{"url up", "GOOSE_DRIVER=postgres", with(there)},
		{"postgres up", "GOOSE_DBSTRING=url", with(func(c *Call) { c.DBString = "url" })},
		{"up", "GOOSE_DRIVER=postgres GOOSE_DBSTRING=url", with(func(c *Call) { c.DBString = "url" })},
		{"postgres url up", "GOOSE_DRIVER=mysql GOOSE_DBSTRING=other", with(there)},
		{"-dir a up", "GOOSE_MIGRATION_DIR=b", with(func(c *Call) { c.Dir = "a" })},
		{"up", "GOOSE_MIGRATION_DIR=b", with(func(c *Call) { c.Dir = "b" })},
		{"up --table a", "GOOSE_TABLE=b", with(func(c *Call) { c.Table = "a" })},
		{"up", "GOOSE_TABLE=b", with(func(c *Call) { c.Table = "b" })},
		{"up -lock session", "GOOSE_LOCK=none", plain},
		{"up", "GOOSE_LOCK=none", with(func(c *Call) { c.Locked = false })},
		{"up -s -v -allow-missing -no-versioning", "NO_COLOR=1",
			with(func(c *Call) { c.Verbose, c.AllowMissing, c.NoVersioning, c.Plain = true, true, true, true })},
		{"-dir a postgres -v url up-to -no-color 7", "",
			with(func(c *Call) {
				c.Dir, c.DBString, c.Argument, c.Verbose, c.Plain, c.Command, c.Version = "a", "url", true, true, true, "up-to", 7
			})},
	} {
		t.Run(test.line+" "+test.variables, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			call, err := read(t, test.line, test.variables)
			is.NoErr(err)
			is.Equal(call, test.want)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for line, words := range map[string]string{
		"":                   "no command given",
		"postgres":           "no command given",
		"postgres url":       "no command given",
		"upp":                `"upp": no such command`,
		"url upp":            `"upp": no such command`,
		"create a sql":       "run `goose create`",
		"postgres url fix":   "run `goose fix`",
		"sqlite3 a.db up":    `driver "sqlite3"`,
		"down-to":            "down-to must be of form",
		"up-to x":            "version must be a number (got \"x\")",
		"up-to 1 2":          `unexpected argument "2"`,
		"status now":         `unexpected argument "now"`,
		"up -lock table":     `-lock: "table"`,
		"up -timeout soon":   "invalid value",
		"up --no-such":       "no-such",
		"up -dir":            "needs an argument",
		"turso x status":     "use goose itself",
		"postgres url -- up": `"--": no such command`,
	} {
		_, err := read(t, line, "")
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, expected %q", line, err, words)
		}
	}
}
