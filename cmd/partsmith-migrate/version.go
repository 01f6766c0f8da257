package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// version and commit are set by the linker: -ldflags "-X main.version=v1.2.3 -X main.commit=abcdef0".
var version, commit string

func versionCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "show the version, the commit and the servers it works with",
		Action: func(c *cli.Context) error {
			if err := sh.noArguments(c); err != nil {
				return err
			}
			v, from := built()
			_, err := fmt.Fprintf(sh.out, "partsmith-migrate %s\ncommit  %s\nservers PostgreSQL 14 to 18\nbuilt   %s %s/%s\n",
				v, from, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// built is what the linker was told, else what the go command has written into the binary.
func built() (v, from string) {
	v, from = "(development)", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		}
		dirty := ""
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				from = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = ", with changes"
			}
		}
		from += dirty
	}
	if version != "" {
		v = version
	}
	if commit != "" {
		from = commit
	}
	return v, from
}
