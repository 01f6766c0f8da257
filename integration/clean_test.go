package integration

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// What is committed must work on every machine: it names no folder of the one it was written on, and no registry, which each
// machine has chosen for itself. The patterns are put together so that this file does not match them.
var foreign = regexp.MustCompile(`(^|[\s"'` + "`" + `=(:,])/(work|root|Users/[A-Za-z]+)/` + `|` +
	`(registry\.npmjs|registry\.yarnpkg|registry\.npmmirror|proxy\.golang|sum\.golang|static\.crates|files\.pythonhosted)` + `\.(org|com|io)`)

// Made on this machine and ignored by git.
var ignoredFolders = []string{".git", ".postgres", "bin", "dist", "node_modules"}

func TestNothingOfThisMachineIsCommitted(t *testing.T) {
	t.Parallel()
	count := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(ignoredFolders, entry.Name()):
			return fs.SkipDir
		case !entry.Type().IsRegular() || slices.Contains([]string{".test", ".out"}, filepath.Ext(path)):
			return nil
		}
		count++
		text, err := os.ReadFile(path)
		if found := foreign.Find(text); found != nil {
			t.Errorf("%s: %q", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 20 {
		t.Errorf("only %d files read", count)
	}
}

func TestForeignTextIsKnown(t *testing.T) {
	t.Parallel()
	for text, refused := range map[string]bool{
		`cd /` + `work/main`:                true,
		`"/` + `root/go/pkg"`:               true,
		`see https://proxy.` + `golang.org`: true,
		`docs/work/flow`:                    false,
		`below /root is closed`:             false,
	} {
		if foreign.MatchString(text) != refused {
			t.Errorf("%q", text)
		}
	}
}
