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

// makeFolder makes the folder of one server: where PARTSMITH_PG_DIR says, else in memory where there is plenty, else on disk.
// Most of the time of CREATE DATABASE goes into making three hundred files; in memory it takes a tenth.
// A folder in memory may forbid programs, so binaries that must be copied into it go to the disk.
func makeFolder(user account, programs bool) (string, error) {
	base := os.Getenv("PARTSMITH_PG_DIR")
	if memory, ok := memoryFolder(); base == "" && ok && !programs {
		base = memory
	}
	if base == "" {
		base = diskFolder(user)
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

// diskFolder is /tmp where the temporary folder is too deep for a socket's path or, for another user, perhaps closed.
func diskFolder(user account) string {
	base := os.TempDir()
	if hasSockets && (user.other || len(base)+len("/"+folderPrefix)+10 > longestDir) {
		return "/tmp"
	}
	return base
}

// sweep removes folders of servers that ended more than a day ago and whose guard was killed too. What cannot be removed
// belongs to somebody else and stays.
func sweep() {
	for _, base := range []string{os.Getenv("PARTSMITH_PG_DIR"), os.TempDir(), "/tmp", "/dev/shm"} {
		if base == "" {
			continue
		}
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

// copied returns a copy of the installation in the server's folder, for a user who may not enter the original.
func (i Installation) copied(user account, dir string) (Installation, error) {
	prefix := filepath.Dir(i.Bin)
	if _, err := os.Stat(filepath.Join(prefix, "share")); err != nil {
		return i, fmt.Errorf("copy binaries: the user of the server may not run %s, and its folder is no whole installation", i.Bin)
	}
	to := filepath.Join(dir, "installation")
	// Links are copied as links (since Go 1.25).
	if err := os.CopyFS(to, os.DirFS(prefix)); err != nil {
		return i, fmt.Errorf("copy binaries: %w", err)
	}
	if err := user.ownAll(to); err != nil {
		return i, fmt.Errorf("give copied binaries to the user of the server: %w", err)
	}
	i.Bin = filepath.Join(to, filepath.Base(i.Bin))
	return i, nil
}
