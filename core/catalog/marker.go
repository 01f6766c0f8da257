package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Marker is what our lines in the comment of a detached partition say: whose it was, and since when it is not.
type Marker struct {
	Parent     Name
	DetachedAt time.Time
	OID        uint32 // of the detached partition itself when it was written, 0 without the third line
	ParentOID  uint32 // of the parent when it was written, 0 without the third line
	Bound      string // FOR VALUES ..., empty without the third line
	Rest       string // what the comment held before, below the marker
}

const (
	parentLine   = "pg-partsmith:orphan-parent="
	detachedLine = "pg-partsmith:detached-at="
	oidLine      = "partsmith:oid="
	holdLine     = "partsmith:hold"

	// markerTime is RFC 3339 with +00:00 for UTC, to the microsecond where there are any.
	markerTime = "2006-01-02T15:04:05.999999-07:00"
)

// ParseMarker reads the marker at the beginning of a comment, and whether a line of the comment says partsmith:hold.
// The marker is nil where the comment begins otherwise, and where a line of the marker cannot be read: a table whose
// marker is damaged is nobody's detached partition. The third line may be missing; lines may end in CRLF.
func ParseMarker(comment string) (marker *Marker, held bool) {
	return parseMarker(comment), isHeld(comment)
}

// isHeld looks for the line partsmith:hold; a reason may follow behind a space.
func isHeld(comment string) bool {
	for line := range strings.SplitSeq(comment, "\n") {
		line = strings.TrimSpace(line)
		if line == holdLine || strings.HasPrefix(line, holdLine+" ") {
			return true
		}
	}
	return false
}

func parseMarker(comment string) *Marker {
	m := Marker{}
	parent, rest, ok := cutLine(comment, parentLine)
	if !ok {
		return nil
	}
	detached, rest, ok := cutLine(rest, detachedLine)
	if !ok {
		return nil
	}
	var err error
	if m.Parent, err = ParseName(parent); err != nil {
		return nil
	}
	if m.DetachedAt, err = time.Parse(time.RFC3339Nano, detached); err != nil || !writable(m.DetachedAt) {
		return nil
	}
	m.DetachedAt = m.DetachedAt.UTC().Truncate(time.Microsecond)
	if third, below, ok := cutLine(rest, oidLine); ok {
		if !m.readThird(third) {
			return nil
		}
		rest = below
	}
	m.Rest = rest
	return &m
}

// writable reports whether an instant can be written with four digits for the year.
func writable(t time.Time) bool { return t.UTC().Year() >= 0 && t.UTC().Year() <= 9999 }

// cutLine takes a line that begins with prefix from the front of text. A newline in quotes does not end it: names and
// bounds may hold one.
func cutLine(text, prefix string) (line, rest string, ok bool) {
	if !strings.HasPrefix(text, prefix) {
		return "", text, false
	}
	quote := byte(0)
	for i := len(prefix); i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '\n':
			return strings.TrimRight(text[len(prefix):i], "\r"), text[i+1:], true
		}
	}
	return strings.TrimRight(text[len(prefix):], "\r"), "", true
}

// readThird reads <partition>/<parent> bound=FOR VALUES ...
func (m *Marker) readThird(line string) bool {
	oids, bound, ok := strings.Cut(line, " bound=")
	own, parent, both := strings.Cut(oids, "/")
	first, err1 := strconv.ParseUint(own, 10, 32)
	second, err2 := strconv.ParseUint(parent, 10, 32)
	if !ok || !both || err1 != nil || err2 != nil || bound == "" {
		return false
	}
	m.OID, m.ParentOID, m.Bound = uint32(first), uint32(second), bound
	return true
}

// String is the whole comment: the marker's lines and, below them, Rest. The third line is left out where OID,
// ParentOID and Bound are all empty. ParseMarker is its inverse.
func (m Marker) String() string {
	var b strings.Builder
	b.WriteString(parentLine + m.Parent.String() + "\n")
	b.WriteString(detachedLine + m.DetachedAt.UTC().Truncate(time.Microsecond).Format(markerTime))
	if m.OID != 0 || m.ParentOID != 0 || m.Bound != "" {
		fmt.Fprintf(&b, "\n%s%d/%d bound=%s", oidLine, m.OID, m.ParentOID, m.Bound)
	}
	if m.Rest != "" {
		b.WriteString("\n" + m.Rest)
	}
	return b.String()
}

// Strip is the comment without the marker at its beginning, the comment as it is where there is none. Of several
// markers, one below the other, none is left.
func Strip(comment string) string {
	for {
		m := parseMarker(comment)
		if m == nil {
			return comment
		}
		comment = m.Rest
	}
}
