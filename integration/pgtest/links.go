package pgtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An npm package cannot hold symbolic links. The packages of server binaries list theirs in a file and make them in an
// install script, which many machines do not run; the server does not start without them.
const linkList = "pg-symlinks.json"

type link struct {
	Source string `json:"source"` // both relative to the folder above native
	Target string `json:"target"`
}

// restoreLinks makes what is missing of the links of the package whose folder native this is. Other installations have no list.
func restoreLinks(native string) error {
	text, err := os.ReadFile(filepath.Join(native, linkList))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read list of links: %w", err)
	}
	var links []link
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("read list of links in %s: %w", native, err)
	}
	for _, l := range links {
		if err := l.restore(filepath.Dir(native)); err != nil {
			return err
		}
	}
	return nil
}

func (l link) restore(root string) error {
	target := filepath.Join(root, l.Target)
	to, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
	if err != nil {
		return fmt.Errorf("make link %s: %w", target, err)
	}
	// Another test process may be at the same work.
	if err := os.Symlink(to, target); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make link: %w", err)
	}
	return nil
}
