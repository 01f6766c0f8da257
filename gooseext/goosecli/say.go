package goosecli

import (
	"fmt"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/core/executor"
)

// Summary says in one line what a run did for a table.
func Summary(r executor.Result) string {
	counts := executor.Count(r)
	var did []string
	for _, c := range []struct {
		n    int
		what string
	}{{counts.Created, "created"}, {counts.Attached, "attached"}, {counts.Detached, "detached"}, {counts.Dropped, "dropped"}} {
		if c.n > 0 {
			did = append(did, fmt.Sprintf("%s %d", c.what, c.n))
		}
	}
	text := "nothing to do"
	if len(did) > 0 {
		text = strings.Join(did, ", ")
	}
	if err := r.Err(); err != nil {
		text += "; incomplete: " + strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	return r.Plan.Table.String() + ": " + text
}

// Version is that of the goose in this program; empty where the program does not know.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/pressly/goose/v3" {
			return m.Version
		}
	}
	return ""
}

// help lists commands and flags.
func help(flags []cli.Flag) string {
	var b strings.Builder
	b.WriteString("[FLAGS] [postgres DBSTRING] COMMAND\n\nup, up-by-one, up-to VERSION, redo: apply migrations, then maintain partitions\n" +
		"down, down-to VERSION, reset: take migrations back\nstatus, version: say what is applied\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, f := range flags {
		described, ok := f.(cli.DocGenerationFlag)
		if visible, asked := f.(cli.VisibleFlag); !ok || asked && !visible.IsVisible() {
			continue
		}
		fmt.Fprintf(w, "  -%s\t%s\n", strings.Join(f.Names(), ", -"), strings.ReplaceAll(described.GetUsage(), "`", ""))
	}
	_ = w.Flush() // into memory
	return b.String()
}
