package form

import "strings"

// sentence says in our words what a YAML parser complained about. The parser's own words are not passed on: some of
// them quote the file.
func sentence(complaint string) string {
	for _, known := range []struct{ says, what string }{
		{"sequence end token", "a list that begins with [ has no ]"},
		{"must be specified", "a comma or a closing bracket is missing"},
		{"flow mapping end token", "a map that begins with { has no }"},
		{"corresponding to", "a closing bracket has no opening one"},
		{"quoted text", "a quoted text has no end"},
		{"escape character", "an unknown escape in a quoted text"},
		{"reserved character", "a text that begins so must be quoted"},
		{"directive", "a text that begins with % must be quoted"},
		{"tab character", "a tab where only spaces may indent"},
		{"cannot start any token", "a tab where only spaces may indent"},
		{"mapping value is not allowed", "a second colon in one value; indent the lines below alike, or quote the text"},
		{"non-map value", "a line that is neither a field nor a list entry, or is indented wrongly"},
		{"implicit line break", "a key must stand on one line"},
		{"map key", "a key without a value, or a line that is indented wrongly"},
	} {
		if strings.Contains(complaint, known.says) {
			return known.what
		}
	}
	return "this is not YAML; look at the indentation and the quotes"
}
