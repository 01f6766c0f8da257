package document

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a file holds, it is read or refused: no panic, and every complaint is one line with its place.
func FuzzRead(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.yaml")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"", "- a", "version: 1\n---\n", "a: [", "{: }", "a: |\n  x", day("    keep: ${KEEP}"), "\ufeffversion: 1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := readTexts(environment, text)
		if err == nil {
			_, _ = d.DatabaseURL()
			return
		}
		var all Errors
		if !errors.As(err, &all) || len(all) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, wrong := range all {
			if wrong.File != "a.yaml" || wrong.Line < 0 || (wrong.Line == 0) != (wrong.Col == 0) || strings.Contains(wrong.Error(), "\n") {
				t.Errorf("%#v", wrong)
			}
		}
	})
}
