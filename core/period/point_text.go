package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MarshalText is String; years outside of 0 to 9999, which RFC 3339 does not have, are written as microseconds since 1970: `-99us`.
func (p Point) MarshalText() ([]byte, error) {
	if t, ok := p.Time(); ok && (t.Year() < 0 || t.Year() > 9999) {
		return []byte(strconv.FormatInt(p.n, 10) + "us"), nil
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads what MarshalText writes. Its error names the text.
func (p *Point) UnmarshalText(text []byte) error {
	read, err := pointOf(string(text))
	if err != nil {
		return fmt.Errorf("%q is no point: it is neither an instant (2026-11-20T00:00:00Z) nor an id", text)
	}
	*p = read
	return nil
}

func pointOf(text string) (Point, error) {
	switch text {
	case "":
		return Point{}, nil
	case Low().String():
		return Low(), nil
	case High().String():
		return High(), nil
	}
	if micros, ok := strings.CutSuffix(text, "us"); ok {
		n, err := strconv.ParseInt(micros, 10, 64)
		return instantAt(n), err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ID(n), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	return Instant(t), err
}

// MarshalBinary is MarshalText, for encoding/gob.
func (p Point) MarshalBinary() ([]byte, error) { return p.MarshalText() }

// UnmarshalBinary is UnmarshalText.
func (p *Point) UnmarshalBinary(text []byte) error { return p.UnmarshalText(text) }
