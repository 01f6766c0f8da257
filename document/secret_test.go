package document

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestDatabaseURL(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "url")
	is.New(t).NoErr(os.WriteFile(secret, []byte("host=db password='a: [b'\r\n"), 0o600))
	for text, want := range map[string]string{
		"${DATABASE_URL}":             "postgres://app:s3cret@db/shop",
		"'${DATABASE_URL}'":           "postgres://app:s3cret@db/shop",
		"${file:" + secret + "}":      "host=db password='a: [b'", // the end of the line is not part of a secret
		"postgres://a:$$x@db/${YAML}": "postgres://a:$x@db/[a, b]: {c}\nd: e",
		"postgres://a:p$x$@db":        "postgres://a:p$x$@db", // a lone dollar is a dollar
		"postgres://a:$${SECRET}@":    "postgres://a:${SECRET}@",
		">-\n  host=db\n  dbname=x":   "host=db dbname=x",
		"5432":                        "5432",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			d, err := readTexts(environment, "version: 1\ndatabase: "+text+"\n")
			is.NoErr(err)
			got, err := d.DatabaseURL()
			is.NoErr(err)
			is.Equal(got, want)
		})
	}
}

// A document is read where its variables are not set; only a connection needs them.
func TestDatabaseURLThatCannotBeExpanded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"${NOWHERE}":               `a.yaml:2:11: database: the variable is not set, "${NOWHERE}"`,
		"postgres://a:s3cret@${DB": `a.yaml:2:11: database: a variable without its closing brace, "${"`,
		"'a:${s3cret@db}'":         `a.yaml:2:11: database: not the name of a variable`,
		"${file:s3cret}":           `a.yaml:2:11: database: the path of a file must begin at the root, "${file:s3cret}"`,
	} {
		is := is.New(t)
		d, err := readTexts(environment, "version: 1\ndatabase: "+text+"\n")
		is.NoErr(err)
		_, err = d.DatabaseURL()
		var wrong *Error
		is.True(errors.As(err, &wrong))
		is.Equal(err.Error(), want)
	}
}

func TestDocumentDoesNotPrintItsPassword(t *testing.T) {
	t.Parallel()
	d, err := Read(nil, "testdata/database.yaml")
	is.New(t).NoErr(err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, d); strings.Contains(text, "s3cret") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}

// Whatever is broken around it, the password does not come out: not from the parser's excerpt, not where the value
// stands in the wrong field, not where a variable holds it.
func TestNoErrorShowsAPassword(t *testing.T) {
	t.Parallel()
	const url = "postgres://app:s3cret@db/shop"
	values := []string{url, "'" + url, `"` + url, "[" + url, "{a: " + url, url + ": x", "@" + url, "*" + url, "&" + url,
		"!" + url, "|\n " + url, url + "\n  x: y", "{" + url + "}", "5 " + url, "host=db password=s3cret", "${DATABASE_URL}", "${SECRET}", "x${SECRET}", "'${SECRET}_{dd}'", "'{${SECRET}}'"}
	fields := []string{"database", "databse", "lock", "retire", "version", "defaults", "tables"}
	inside := []string{"table", "every", "ahead", "behind", "keep", "timezone", "name", "column", "schema", "encoding", "origin",
		"grants", "off_grid", "list", "hash", "within", "leaf", "optional", "max_retire", "default_check", "kep", "leaf: {storage: {", "leaf: {unlogged"}
	var texts []string
	for _, value := range values {
		for _, field := range fields {
			texts = append(texts, "version: 1\n"+field+": "+value+"\n", "version: 1\n"+field+": "+value+"\nlock: [\n")
		}
		for _, field := range inside {
			texts = append(texts, day("    "+field+": "+value+"\n"), "version: 1\ndefaults:\n  "+field+": "+value+"\n")
		}
		texts = append(texts, "version: 1\n"+value+": x\n", value, day("    "+value+": 1\n"))
	}
	for _, text := range texts {
		if got := complaint(text); strings.Contains(got, "s3cret") {
			t.Errorf("%q: %s", text, got)
		}
	}
}
