package atlascli

import (
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/atlasext"
)

// lockTimeout is how long Atlas waits for its lock where nothing is said.
const lockTimeout = 10 * time.Second

// Flags are those of `apply` and `plan`: Atlas's own, by its names, and one for each guard.
func Flags() []cli.Flag {
	flags := append(connection(),
		&cli.StringSliceFlag{Name: "to", Usage: "`URL` of the desired state: file://schema.hcl, file://schema.sql or a folder; may be repeated"},
		&cli.StringSliceFlag{Name: "schema", Aliases: []string{"s"}, Usage: "only this `SCHEMA` of the database; may be repeated"},
		&cli.StringFlag{Name: "dev-url", Usage: "`URL` of an empty database to work out SQL files and expressions in; it is left empty"},
		&cli.StringSliceFlag{Name: "exclude", Usage: "`PATTERN` of what is left alone, as Atlas reads it; may be repeated"},
		&cli.StringFlag{Name: "tx-mode", Value: string(atlasext.TxFile), Usage: "`MODE`: file (one transaction for the schema) or none"},
		&cli.DurationFlag{Name: "lock-timeout", Value: lockTimeout, DefaultText: "10s", Usage: "`TIME` to wait for the advisory lock; 0 tries once"},
		&cli.StringFlag{Name: "lock-name", Value: atlasext.DefaultLockName, Usage: "`NAME` of the advisory lock"},
		&cli.BoolFlag{Name: "concurrently", Usage: "build and drop indexes of existing tables without locking writers out"},
		&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT`: text, json, or a template of Atlas: '{{ json . }}'"},
		&cli.BoolFlag{Name: "strict", Usage: "fail whenever maintenance is incomplete, not only where the runway is short"},
	)
	flags = append(flags, &cli.StringSliceFlag{Name: "allow-drop-former", Usage: "drop this `TABLE`, which is not declared and was a partition once; may be repeated"})
	for _, g := range atlasext.Guards() {
		if name := g.Flag()[len("--"):]; g == atlasext.Empty {
			flags = append(flags, &cli.BoolFlag{Name: name, Usage: g.About()})
		} else {
			flags = append(flags, &cli.StringSliceFlag{Name: name, Usage: g.About()})
		}
	}
	return flags
}

// ApplyFlags are those that `apply` has alone.
func ApplyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "dry-run", Usage: "show the plan and change nothing"},
		&cli.BoolFlag{Name: "auto-approve", Usage: "do not show the plan and ask first"},
	}
}

// ExcludesFlags are those of `excludes`.
func ExcludesFlags() []cli.Flag {
	return append(connection(), &cli.StringFlag{Name: "format", Value: "line",
		Usage: "`FORMAT`: line (all in one value of --exclude), lines (one value on each), hcl for an atlas.hcl, or json"})
}

func connection() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "url", Aliases: []string{"u"}, Usage: "`URL` of the database; ?search_path=NAME makes it about one schema"},
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "`URL` of the project file (default: file://atlas.hcl, with --env)"},
		&cli.StringFlag{Name: "env", Usage: "take url, src, dev, schemas and exclude from this `ENV` of the project file"},
		&cli.StringSliceFlag{Name: "var", Usage: "`NAME=VALUE` of a variable of HCL files; may be repeated"},
	}
}
