package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	folderPrefix = "partsmith-pg-"
	// longestDir leaves room for the name of the socket: its whole path must fit into 103 bytes on macOS, 107 on Linux.
	longestDir = 103 - len("/.s.PGSQL.5432")
)

// makeFolder makes the folder of one server below the temporary folder, or below /tmp where that is too deep for a socket's path
// or, for another user, perhaps closed.
func makeFolder(user account) (string, error) {
	base := os.TempDir()
	if hasSockets && (user.other || len(base)+len("/"+folderPrefix)+10 > longestDir) {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, folderPrefix)
	if err != nil {
		return "", fmt.Errorf("make folder of server: %w", err)
	}
	if err := user.own(dir); err != nil {
		return dir, fmt.Errorf("give folder of server to its user: %w", err)
	}
	return dir, nil
}

// sweep removes folders of servers that ended more than a day ago and whose guard was killed too. What cannot be removed
// belongs to somebody else and stays.
func sweep() {
	for _, base := range []string{os.TempDir(), "/tmp"} {
		dirs, _ := filepath.Glob(filepath.Join(base, folderPrefix+"*"))
		for _, dir := range dirs {
			info, err := os.Stat(dir)
			if err == nil && time.Since(info.ModTime()) > 24*time.Hour && !running(dir) {
				_ = os.RemoveAll(dir)
			}
		}
	}
}

// running reads the lock file, whose first line is the server's process id.
func running(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	return err == nil && alive(pid)
}

// within returns an installation that the user may run: this one, or a copy of it in the server's folder.
func (i Installation) within(user account, dir string) (Installation, error) {
	if user.mayRun(i.program("postgres")) {
		return i, nil
	}
	prefix := filepath.Dir(i.Bin)
	if _, err := os.Stat(filepath.Join(prefix, "share")); err != nil {
		return i, fmt.Errorf("copy binaries: the user of the server may not run %s, and its folder is no whole installation", i.Bin)
	}
	to := filepath.Join(dir, "installation")
	if err := copyTree(to, prefix); err != nil {
		return i, fmt.Errorf("copy binaries: %w", err)
	}
	i.Bin = filepath.Join(to, filepath.Base(i.Bin))
	return i, nil
}

// copyTree copies folders, files and links (os.CopyFS knows links since Go 1.25).
func copyTree(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.Chmod(to, 0o755)
}
