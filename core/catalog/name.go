package catalog

import (
	_ "embed" // keywords.txt
	"errors"
	"fmt"
	"strings"
)

// Name is the name of a relation, unquoted. The zero Name names nothing; one without Schema is found by the search_path.
type Name struct{ Schema, Table string }

// longestName is what PostgreSQL keeps of an identifier, in bytes (NAMEDATALEN - 1).
const longestName = 63

// keywords are those of PostgreSQL 14 to 18 that quote_ident quotes: all but the unreserved ones, one a line.
//
//go:embed keywords.txt
var keywords string

// ParseName reads a name as SQL writes it: one or two parts, unquoted ones folded to lower case (ASCII alone, as
// PostgreSQL does in a multi-byte encoding), quoted ones with doubled quotes. A reserved word needs no quotes here.
// It does not check the length: Valid does.
func ParseName(text string) (Name, error) {
	rest := strings.TrimSpace(text)
	var parts []string
	for {
		part, after, err := parsePart(rest)
		if err != nil {
			return Name{}, fmt.Errorf("parse name %q: %w", text, err)
		}
		parts = append(parts, part)
		after = strings.TrimLeft(after, " \t\r\n")
		if after == "" {
			break
		}
		if after[0] != '.' {
			return Name{}, fmt.Errorf("parse name %q: unexpected %q; a name with special characters is written in double quotes", text, after)
		}
		rest = strings.TrimLeft(after[1:], " \t\r\n")
	}
	switch len(parts) {
	case 1:
		return Name{Table: parts[0]}, nil
	case 2:
		return Name{Schema: parts[0], Table: parts[1]}, nil
	}
	return Name{}, fmt.Errorf("parse name %q: %d parts where schema and table are two; a dot inside a name is written in double quotes", text, len(parts))
}

// parsePart reads one identifier from the front of text.
func parsePart(text string) (part, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		return parseQuoted(text)
	}
	n := 0
	for n < len(text) && isNamePart(text[n], n == 0) {
		n++
	}
	if n == 0 {
		return "", "", errors.New("a name is missing")
	}
	return foldASCII(text[:n]), text[n:], nil
}

// parseQuoted reads an identifier in double quotes, where a doubled quote stands for one.
func parseQuoted(text string) (part, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] == 0 {
			return "", "", errors.New("a name cannot hold a NUL")
		}
		if text[i] != '"' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		if b.Len() == 0 {
			return "", "", errors.New("a name cannot be empty")
		}
		return b.String(), text[i+1:], nil
	}
	return "", "", errors.New("the closing quote is missing")
}

// isNamePart reports whether an unquoted identifier may hold c. Every byte of a multi-byte character may stand anywhere.
func isNamePart(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= 0x80:
		return true
	}
	return !first && (c >= '0' && c <= '9' || c == '$')
}

func foldASCII(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// String writes the name as SQL, each part as quote_ident does. ParseName is its inverse.
func (n Name) String() string {
	if n.Schema == "" {
		return QuoteIdent(n.Table)
	}
	return QuoteIdent(n.Schema) + "." + QuoteIdent(n.Table)
}

// Valid is nil where PostgreSQL can have a relation of that name, an empty Schema allowed.
func (n Name) Valid() error {
	if n.Table == "" {
		return errors.New("check name: it is empty")
	}
	for _, part := range []string{n.Schema, n.Table} {
		if len(part) > longestName {
			return fmt.Errorf("check name %s: %q has %d bytes, PostgreSQL keeps %d", n, part, len(part), longestName)
		}
		if strings.ContainsRune(part, 0) {
			return fmt.Errorf("check name %q: it holds a NUL", part)
		}
	}
	return nil
}

// QuoteIdent writes an identifier as quote_ident does: in quotes only where it must be. A word that is a keyword in any
// of PostgreSQL 14 to 18 and not an unreserved one is quoted.
func QuoteIdent(s string) string {
	if isPlain(s) && !strings.Contains(keywords, "\n"+s+"\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c == '_' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != ""
}

// QuoteLiteral writes a string literal as quote_literal does: right whatever standard_conforming_strings says.
func QuoteLiteral(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if !strings.Contains(s, `\`) {
		return quoted
	}
	return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
}
