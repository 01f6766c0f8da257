package goosecli

import (
	"flag"
	"io"

	"github.com/mfridman/xflag"
	"github.com/urfave/cli/v2"
)

// Flags are goose's own.
func Flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "dir", Value: here, Usage: "`FOLDER` of the migrations (also: $GOOSE_MIGRATION_DIR)"},
		&cli.StringFlag{Name: "table", Usage: "goose's version `TABLE` (also: $GOOSE_TABLE; default: goose_db_version)"},
		&cli.BoolFlag{Name: "allow-missing", Usage: "apply migrations that were left out before the current version, too"},
		&cli.BoolFlag{Name: "no-versioning", Usage: "run the files of the folder without looking at the version table"},
		&cli.DurationFlag{Name: "timeout", DefaultText: "no end", Usage: "`TIME` after which goose ends; maintenance has --max-time"},
		&cli.StringFlag{Name: "env", Usage: "read variables from `FILE`; none: from no file (default: .env, if there is one)"},
		&cli.StringFlag{Name: "lock", Usage: "`LOCK` that goose works under: session or none (also: $GOOSE_LOCK; default: session)"},
		&cli.BoolFlag{Name: "v", Usage: "show every statement"},
		&cli.BoolFlag{Name: "version", Usage: "print goose's version"},
		&cli.BoolFlag{Name: "s", Hidden: true, Usage: "of `goose create`; has no meaning here"},
		&cli.StringFlag{Name: "certfile", Hidden: true, Usage: "for MySQL; has no meaning here"},
		&cli.StringFlag{Name: "ssl-cert", Hidden: true, Usage: "for MySQL; has no meaning here"},
		&cli.StringFlag{Name: "ssl-key", Hidden: true, Usage: "for MySQL; has no meaning here"},
	}
}

// Parse reads flags wherever they stand, as goose does, with one dash or two. The context that it gives has their values, the
// arguments are what remains.
func Parse(c *cli.Context, flags []cli.Flag, args []string) (*cli.Context, []string, error) {
	set := flag.NewFlagSet("goose", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	for _, f := range flags {
		if err := f.Apply(set); err != nil {
			return nil, nil, err
		}
	}
	if err := xflag.ParseToEnd(set, args); err != nil {
		return nil, nil, err
	}
	return cli.NewContext(c.App, set, c), set.Args(), nil
}
