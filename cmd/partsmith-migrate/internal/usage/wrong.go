package usage

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var flagName = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)

// Wrong says with two dashes what package flag says with one, and repeats a value only as Quote does.
func (l Line) Wrong(err error) string {
	text := err.Error()
	for _, before := range []string{"flag provided but not defined: ", "flag needs an argument: "} {
		if name, ok := strings.CutPrefix(text, before+"-"); ok {
			return strings.TrimSuffix(strings.Replace(before, "flag provided but not defined", "unknown flag", 1), " ") + " " + l.dashes(name)
		}
	}
	if word, ok := strings.CutPrefix(text, "bad flag syntax: "); ok {
		return "bad flag syntax: " + l.Quote(word)
	}
	for _, before := range []string{"invalid value ", "invalid boolean value "} {
		if rest, ok := strings.CutPrefix(text, before); ok {
			return before + l.value(rest)
		}
	}
	return "the flags cannot be read"
}

// value says what is wrong with one: "soon" for flag -wait: parse error.
func (l Line) value(text string) string {
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "of a flag"
	}
	value, _ := strconv.Unquote(quoted) // it is one
	name, why, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(text[len(quoted):], " for "), "flag "), ": ")
	if why == "parse error" || strings.Contains(why, value) {
		why = "it cannot be read"
	}
	return fmt.Sprintf("%s for %s: %s", l.Quote(value), l.dashes(strings.TrimPrefix(name, "-")), why)
}

// dashes writes the name of a flag. What cannot be one is a value that lost its flag.
func (l Line) dashes(name string) string {
	if !flagName.MatchString(name) {
		return "(not shown)"
	}
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
