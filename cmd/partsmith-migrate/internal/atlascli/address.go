package atlascli

import (
	"encoding/csv"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/usage"
)

// values splits a repeatable flag at commas, with the quotes of CSV, as Atlas's command does.
func values(flag string, given []string) (all []string, err error) {
	for _, text := range given {
		if text == "" {
			continue
		}
		fields, err := csv.NewReader(strings.NewReader(text)).Read()
		if err != nil {
			return nil, wrong("--%s: %q: the quotes do not match", flag, text)
		}
		all = append(all, fields...)
	}
	return all, nil
}

// Value is a text as one value of such a flag.
func Value(text string) string {
	if !strings.ContainsAny(text, ",\"\r\n") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// variables reads NAME=VALUE; a name that comes twice has a list.
func variables(given []string) (map[string]cty.Value, error) {
	all := map[string]cty.Value{}
	lists := map[string][]cty.Value{}
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, wrong("--var: write it as NAME=VALUE") // the text may be a password
		}
		lists[name] = append(lists[name], cty.StringVal(value))
		all[name] = cty.StringVal(value)
	}
	for name, list := range lists {
		if len(list) > 1 {
			all[name] = cty.ListVal(list)
		}
	}
	return all, nil
}

// paths are the files and folders behind the URLs of a desired state.
func paths(urls []string) (all []string, err error) {
	for _, text := range urls {
		path, err := filePath(text)
		if err != nil {
			return nil, wrong("--to: %s", err)
		}
		all = append(all, path)
	}
	return all, nil
}

func filePath(text string) (string, error) {
	scheme, _, ok := strings.Cut(text, "://")
	switch {
	case !ok && usage.Secret(text):
		return "", wrong("a file is named with its scheme: file://...")
	case !ok:
		return "", wrong("a file is named with its scheme: file://%s", text)
	case scheme != "file" && usage.Secret(scheme):
		return "", wrong("only files are read here, file://...")
	case scheme != "file":
		return "", wrong("only files are read here, file://..., not %s://...", scheme)
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", wrong("it cannot be read as a URL, file://...")
	}
	return filepath.Join(u.Host, u.Path), nil
}

// scope is the schema that a URL is about; empty: all of the database.
func scope(flag, text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", wrong("%s: write it as postgres://user@host:5432/database?search_path=schema", flag)
	}
	path := u.Query()["search_path"]
	if len(path) > 1 || len(path) == 1 && strings.Contains(path[0], ",") {
		return "", wrong("%s: search_path must name one schema; for several leave it out and give each by --schema", flag)
	}
	if len(path) == 0 {
		return "", nil
	}
	return path[0], nil
}

// checkDev refuses what only Atlas's own command can start.
func checkDev(text string) error {
	scheme, _, ok := strings.Cut(text, "://")
	switch {
	case text == "" || scheme == "postgres" || scheme == "postgresql":
		return nil
	case !ok || usage.Secret(scheme):
		return wrong("--dev-url: a running, empty database is needed, postgres://...")
	}
	return wrong("--dev-url: a running, empty database is needed, postgres://...; %s:// is not started here", scheme)
}
