package session

import "regexp"

// What could be a password: what stands between the colon and the last @ of a URL, and behind password=. An unencoded
// slash or @ in a password must not end it early, so a URL is masked up to the last @ of the word.
var (
	inURL   = regexp.MustCompile(`(?i)(postgres(?:ql)?://[^\s:/@]*):[^\s]*@`)
	inPairs = regexp.MustCompile(`(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&"]+)`)
)

// Redact masks what looks like a password in a text that is to be shown or logged.
func Redact(text string) string {
	text = inURL.ReplaceAllString(text, "$1:***@")
	return inPairs.ReplaceAllString(text, "$1***")
}
