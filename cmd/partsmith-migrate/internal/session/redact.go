package session

import (
	"regexp"
	"strings"
)

// What could be a password: what stands between a scheme and the last @ of a line, and all that follows password=. A password may
// hold anything when nobody has encoded it, so more is masked than need be, and never less.
var (
	inURL   = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*:)?//[^\n]*@`)
	inPairs = regexp.MustCompile(`(?i)\b(pass[a-z0-9%]*|pg[a-z]*pass[a-z]*|sslpass[a-z0-9%]*|pwd)\s*=[^\n]*`)
	inSQL   = regexp.MustCompile(`(?i)\b(password\s+)[eu&]*'[^\n]*`)
	place   = regexp.MustCompile(`^\d+([:),\s]|$)`)
)

const mask = "***"

// Redact masks what looks like a password in a text that is to be shown or logged: the last of several nets. What may be a
// connection string is not repeated in the first place.
func Redact(text string) string {
	text = inPairs.ReplaceAllString(text, "$1="+mask)
	text = inSQL.ReplaceAllString(text, "$1"+mask)
	text = inURL.ReplaceAllString(text, "$1//"+mask+"@")
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		lines[i] = withoutUserinfo(line)
	}
	return strings.Join(lines, "")
}

// withoutUserinfo masks what is written without a scheme, app:password@host. A number behind a colon is a line, a column or a port.
func withoutUserinfo(line string) string {
	end := strings.LastIndexByte(line, '@')
	for i := 1; i < end; i++ {
		rest := line[i+1:]
		if line[i] != ':' || line[i-1] == ' ' || rest[0] == ' ' || place.MatchString(rest) || strings.HasPrefix(rest, "//"+mask) {
			continue
		}
		return line[:i+1] + mask + line[end:]
	}
	return line
}
