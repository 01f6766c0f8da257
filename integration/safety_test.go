package integration

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testName = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	testFunc = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
)

// What docs/safety.md promises is shown by tests that exist, each promise by one at least.
func TestSafetyNamesItsTests(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "docs", "safety.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := testsOfModule(t)
	for _, name := range testName.FindAllSubmatch(text, -1) {
		if !there[string(name[1])] {
			t.Errorf("docs/safety.md names %s, and there is no such test", name[1])
		}
	}
	for i, promise := range promises(string(text)) {
		if !testName.MatchString(promise) {
			t.Errorf("promise %d is shown by no test: %s", i, promise)
		}
	}
	if n := len(promises(string(text))); n < 15 {
		t.Errorf("%d promises were found", n)
	}
}

// promises are the lines of the tables whose second column says what shows them.
func promises(text string) []string {
	var found []string
	within := false
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "| promise | shown by |":
			within = true
		case !strings.HasPrefix(line, "|"):
			within = false
		case within && !strings.HasPrefix(line, "|---"):
			found = append(found, line)
		}
	}
	return found
}

// testsOfModule are the names of all tests.
func testsOfModule(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != ".." && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, name := range testFunc.FindAllSubmatch(text, -1) {
			found[string(name[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
