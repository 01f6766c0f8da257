package wire

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

// version of the format.
const version = 1

// Write writes a value as one JSON document.
func Write(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// instant is null for the zero time.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339Nano)
	return &text
}

// point is RFC 3339 in UTC for a time, a decimal string for an id, infinity and -infinity at the ends, null for no point.
func point(p period.Point) *string { return text(p.String()) }

func name(n catalog.Name) *string {
	if n == (catalog.Name{}) {
		return nil
	}
	return text(n.String())
}

// text is null for the empty text.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func errorText(err error) *string {
	if err == nil {
		return nil
	}
	return text(session.Redact(err.Error()))
}

// list is never null.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}
