package atlascli

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

// Atlas's command reads each --exclude as a line of CSV.
func TestOneLineHoldsAllPatterns(t *testing.T) {
	t.Parallel()
	for _, patterns := range [][]string{
		{"public.events__2026_01_01", "public.events__2026_01_02"},
		{`public."a.b"`, "public.x,y", `"say ""when"""`, "public.notes.fk*[type=fk]"},
		{`\*odd`},
	} {
		line, ok := strings.CutSuffix(ExcludesLine(patterns), "\n")
		read, err := csv.NewReader(strings.NewReader(line)).Read()
		if err != nil || !ok || strings.Contains(line, "\n") || !slices.Equal(read, patterns) {
			t.Errorf("%q: %q, %v", line, read, err)
		}
	}
	if line := ExcludesLine(nil); line != "\n" {
		t.Errorf("%q", line)
	}
}
