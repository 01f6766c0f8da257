package atlasext_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/atlasext"
)

// atlas runs the real command, whose path ATLAS_BIN names.
func (w *world) atlas(arguments ...string) (string, error) {
	w.T.Helper()
	cmd := exec.CommandContext(w.T.Context(), os.Getenv("ATLAS_BIN"), arguments...)
	cmd.Env = append(os.Environ(), "ATLAS_NO_UPDATE_NOTIFIER=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// url addresses the world's database for the real command.
func (w *world) url() string {
	if !w.scoped {
		return w.db.URL
	}
	if strings.Contains(w.db.URL, "?") {
		return w.db.URL + "&search_path=" + w.schema
	}
	return w.db.URL + "?search_path=" + w.schema
}

// Its `migrate apply` is refused while we hold the lock, and its `schema apply` with our patterns has nothing to do.
func TestCommandBesideUs(t *testing.T) {
	if os.Getenv("ATLAS_BIN") == "" {
		t.Skip("ATLAS_BIN names no atlas command")
	}
	inWorlds(t, func(w *world) {
		policy := `lifecycle {
      every      = "1 day"
      ahead      = 2
      keep       = 1
      drop_after = "30 days"
    }`
		w.run(w.runner(eventsHCL("", policy), "2054-01-11T12:00:00Z"))
		w.run(w.runner(eventsHCL("", policy), "2054-01-12T12:00:00Z"))
		w.exec(`create table goose_db_version (id int)`)

		dir := w.T.TempDir()
		w.NoErr(os.WriteFile(filepath.Join(dir, "1_x.sql"), []byte("select 1;"), 0o600))
		out, err := w.atlas("migrate", "hash", "--dir", "file://"+dir)
		if err != nil {
			w.T.Fatal(out)
		}
		unlock, _ := w.hold()
		out, err = w.atlas("migrate", "apply", "--dir", "file://"+dir, "--url", w.url(), "--lock-timeout", "0s", "--allow-dirty")
		w.True(err != nil)
		w.True(strings.Contains(out, "lock is held by other session"))
		w.NoErr(unlock())

		options := atlasext.DriverOptions{}
		if w.scoped {
			options.Schema = w.schema
		}
		conn := w.conn()
		patterns, err := atlasext.Excludes(w.T.Context(), conn, options)
		w.NoErr(err)
		file := filepath.Join(w.T.TempDir(), "schema.hcl")
		w.NoErr(os.WriteFile(file, []byte(strings.ReplaceAll(eventsHCL("", policy), "$ns", w.schema)), 0o600))
		arguments := []string{"schema", "apply", "--url", w.url(), "--to", "file://" + file, "--dry-run"}
		for _, p := range patterns {
			arguments = append(arguments, "--exclude", p)
		}
		out, err = w.atlas(arguments...)
		w.NoErr(err)
		w.True(strings.Contains(out, "Schema is synced"))
	})
}
