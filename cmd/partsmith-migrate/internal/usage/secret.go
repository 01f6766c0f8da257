package usage

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What makes a text a connection string, or a piece of one. Nobody can say which part of a broken one is the password, so
// none of it is ever repeated.
var (
	scheme   = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*):?//`)
	keyword  = regexp.MustCompile(`(?i)\b(pass\w*|pwd|pgpass\w*|sslpassword|host|hostaddr|dbname|service|passfile)\s*=`)
	userinfo = regexp.MustCompile(`:[^\n]*@`)
)

// Secret reports whether a text may be a connection string: it has a scheme other than file, a user and what looks like a
// password, or one of libpq's keywords.
func Secret(text string) bool {
	for _, found := range scheme.FindAllStringSubmatch(text, -1) {
		if found[1] != "file" {
			return true
		}
	}
	return strings.HasPrefix(text, "//") || keyword.MatchString(text) || userinfo.MatchString(text)
}

// Line is a whole command line.
type Line []string

// Quote repeats a word of the line, but not one that may belong to a connection string: of one that was written without
// quotes, the shell makes several words, and a password with a space in it is a plain word then.
func (l Line) Quote(word string) string {
	if strings.ContainsAny(word, "@=") || Secret(word) || slices.ContainsFunc(l, Secret) {
		return "(not shown, it may belong to a connection string)"
	}
	return strconv.Quote(word)
}
