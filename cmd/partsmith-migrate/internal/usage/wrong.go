package usage

import (
	"fmt"
	"strings"
)

// Wrong says with two dashes what package flag says with one.
func Wrong(err error) string {
	text := err.Error()
	for _, before := range []string{"flag provided but not defined: ", "flag needs an argument: "} {
		if name, ok := strings.CutPrefix(text, before+"-"); ok {
			return strings.TrimSuffix(strings.Replace(before, "flag provided but not defined", "unknown flag", 1), " ") + " " + dashes(name)
		}
	}
	if head, tail, ok := strings.Cut(text, " for flag -"); ok {
		name, why, _ := strings.Cut(tail, ": ")
		if why == "parse error" {
			why = "it cannot be read"
		}
		return fmt.Sprintf("%s for %s: %s", head, dashes(name), why)
	}
	return text
}

func dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
