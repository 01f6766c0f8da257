package pgtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oldest is the first major version that Find takes without being asked for one by number.
const oldest = 14

// ErrNoServer says that no fitting server binaries were found on this machine.
var ErrNoServer = errors.New("no PostgreSQL server found")

// "postgres (PostgreSQL) 18.4", "postgres (PostgreSQL) 15.16 (Debian 15.16-0+deb12u1)", "postgres (PostgreSQL) 19devel".
var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// Installation is a folder with the programs postgres and initdb of one version.
type Installation struct {
	Bin     string // absolute
	Version string // as the server says it: 18.4
	Major   int
}

// Installations returns what is installed on this machine in the order of the search, each folder once. It only reads,
// but for the links that an npm package of server binaries lacks when its install script did not run.
func Installations() []Installation {
	var found []Installation
	for _, bin := range folders() {
		known := slices.ContainsFunc(found, func(i Installation) bool { return i.Bin == bin })
		if known || !holdsServer(bin) {
			continue
		}
		if installation, err := inspect(bin); err == nil {
			found = append(found, installation)
		}
	}
	return found
}

// Find returns the first installation of a major version. Zero stands for the version that PARTSMITH_PG_VERSION names and,
// where that is not set either, for the newest one found. The error is ErrNoServer, with what was found instead.
func Find(major int) (Installation, error) {
	if major == 0 {
		wanted, err := majorFromEnvironment()
		if err != nil {
			return Installation{}, err
		}
		major = wanted
	}
	found := Installations()
	fits := slices.DeleteFunc(slices.Clone(found), func(i Installation) bool {
		return i.Major != major && (major != 0 || i.Major < oldest)
	})
	if len(fits) == 0 {
		return Installation{}, fmt.Errorf("find server%s: %w%s", ofMajor(major), ErrNoServer, instead(found))
	}
	// MaxFunc keeps the first of equals, and with it the order of the search.
	return slices.MaxFunc(fits, func(a, b Installation) int { return cmp.Compare(a.Major, b.Major) }), nil
}

func majorFromEnvironment() (int, error) {
	text := os.Getenv("PARTSMITH_PG_VERSION")
	if text == "" {
		return 0, nil
	}
	major, err := strconv.Atoi(text)
	if err != nil || major <= 0 {
		return 0, fmt.Errorf("read PARTSMITH_PG_VERSION: %q is not a major version", text)
	}
	return major, nil
}

func inspect(bin string) (Installation, error) {
	if err := restoreLinks(filepath.Dir(bin)); err != nil {
		return Installation{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	line, err := exec.CommandContext(ctx, filepath.Join(bin, executable("postgres")), "--version").Output()
	if err != nil {
		return Installation{}, fmt.Errorf("ask version of %s: %w", bin, err)
	}
	match := versionLine.FindStringSubmatch(string(line))
	if match == nil {
		return Installation{}, fmt.Errorf("ask version of %s: unexpected answer %q", bin, line)
	}
	major, err := strconv.Atoi(match[2])
	return Installation{Bin: bin, Version: match[1], Major: major}, err
}

func (i Installation) program(name string) string {
	return filepath.Join(i.Bin, executable(name))
}

func ofMajor(major int) string {
	if major == 0 {
		return ""
	}
	return fmt.Sprintf(" of version %d", major)
}

func instead(found []Installation) string {
	if len(found) == 0 {
		return ""
	}
	var texts []string
	for _, i := range found {
		texts = append(texts, i.Version+" in "+i.Bin)
	}
	return " (there is " + strings.Join(texts, ", ") + ")"
}
