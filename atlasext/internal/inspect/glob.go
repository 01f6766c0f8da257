package inspect

import "strings"

// EscapeGlob is a name as a pattern that matches it alone.
func EscapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}
