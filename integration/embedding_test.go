package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What docs/embedding.md shows stands in code that is compiled and run.
func TestSnippetsAreFromTheExamples(t *testing.T) {
	t.Parallel()
	lines := map[string]bool{}
	for _, pattern := range []string{"../examples/*/*.go", "../core/*/example_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files: %v", pattern, len(files), err)
		}
		for _, file := range files {
			for line := range strings.Lines(read(t, file)) {
				lines[strings.TrimSpace(line)] = true
			}
		}
	}
	shown := 0
	for _, m := range fence.FindAllStringSubmatch(read(t, "../docs/embedding.md"), -1) {
		for line := range strings.Lines(m[2]) {
			shown++
			if !lines[strings.TrimSpace(line)] {
				t.Errorf("no example has the line %s", line)
			}
		}
	}
	if shown < 10 {
		t.Errorf("only %d lines are shown", shown)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
