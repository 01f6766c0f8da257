// Package usage writes the help of a command, and says in people's words what is wrong with a command line.
//
//	command.CustomHelpTemplate = usage.Help(command)
package usage

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

// Help is what --help prints: the library's own text lists repeatable flags twice and every default of false.
// The library runs it as a template, so braces are written as one.
func Help(c *cli.Command) string {
	var b strings.Builder
	name := c.HelpName // of a command inside another, where it is set
	if name == "" {
		name = "partsmith-migrate " + c.Name
	}
	fmt.Fprintf(&b, "%s: %s\n\n", name, c.Usage)
	line := name + " [FLAGS] " + strings.TrimSpace(c.ArgsUsage)
	if len(c.Subcommands) > 0 {
		line = name + " " + c.ArgsUsage
	}
	fmt.Fprintf(&b, "  %s\n\n", strings.TrimSpace(line))
	if c.Description != "" {
		fmt.Fprintf(&b, "%s\n\n", c.Description)
	}
	b.WriteString(flagList(c.Flags))
	return strings.ReplaceAll(b.String(), "{{", `{{"{{"}}`)
}

func flagList(flags []cli.Flag) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, f := range flags {
		described, ok := f.(cli.DocGenerationFlag)
		if visible, asked := f.(cli.VisibleFlag); !ok || asked && !visible.IsVisible() {
			continue
		}
		value, usage := valueName(described.GetUsage())
		if described.TakesValue() {
			value = " " + value
		} else {
			value = ""
		}
		fmt.Fprintf(w, "  %s%s\t%s%s\n", flagNames(f.Names()), value, usage, defaultText(described))
	}
	_ = w.Flush() // into memory
	return b.String()
}

func flagNames(names []string) string {
	if len(names) > 1 {
		return "-" + names[1] + ", --" + names[0]
	}
	return "    --" + names[0]
}

// valueName takes the word in backquotes out of a usage.
func valueName(usage string) (name, rest string) {
	before, after, ok := strings.Cut(usage, "`")
	name, behind, closed := strings.Cut(after, "`")
	if !ok || !closed || strings.ToUpper(name) != name {
		return "VALUE", usage
	}
	return name, before + strings.TrimPrefix(name+behind, name+": ")
}

func defaultText(f cli.DocGenerationFlag) string {
	text := strings.Trim(f.GetDefaultText(), `"`)
	if !f.TakesValue() || text == "" || strings.HasPrefix(f.GetUsage(), "show") {
		return ""
	}
	return " (default: " + text + ")"
}
