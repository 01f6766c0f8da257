package inspect

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Pattern is what Atlas's --exclude takes for exactly one table or schema.
func Pattern(name catalog.Name, scoped bool) string {
	switch {
	case name.Table == "":
		return literal(name.Schema)
	case scoped:
		return literal(name.Table)
	}
	return literal(name.Schema) + "." + literal(name.Table)
}

// literal is a name as one part of a pattern: Atlas splits patterns at dots as CSV, and matches each part as a glob.
func literal(name string) string {
	name = EscapeGlob(name)
	if strings.ContainsAny(name, ".\"\r\n") || strings.HasPrefix(name, " ") {
		name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return name
}

// EscapeGlob is a name as a pattern that matches it alone.
func EscapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}
