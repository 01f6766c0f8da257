package document

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

var update = flag.Bool("update", false, "write what the tests find into the golden files")

// environment is what the documents of the tests see.
func environment(name string) (string, bool) {
	value, ok := map[string]string{
		"DATABASE_URL": "postgres://app:s3cret@db/shop",
		"KEEP":         "90 days",
		"COUNT":        "7",
		"SECRET":       "s3cret",
		"YAML":         "[a, b]: {c}\nd: e",
		"EMPTY":        "",
		"REGION":       "default",
		"ZONE":         "Mars/s3cret",
	}[name]
	return value, ok
}

// readTexts reads files of these texts, named a.yaml, b.yaml, ...
func readTexts(lookup func(string) (string, bool), texts ...string) (*Document, error) {
	files, names := fstest.MapFS{}, []string{}
	for i, text := range texts {
		name := string(rune('a'+i)) + ".yaml"
		files[name], names = &fstest.MapFile{Data: []byte(text)}, append(names, name)
	}
	return ReadFS(files, lookup, names...)
}

// complaint is the error of a document; empty where it is read.
func complaint(texts ...string) string {
	_, err := readTexts(environment, texts...)
	if err == nil {
		return ""
	}
	return err.Error()
}

const table = "version: 1\ntables:\n  - table: events\n"

// Every file in testdata is read, whether its kinds of policies are supported already or not.
func TestGoodDocuments(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.yaml")
	is.New(t).NoErr(err)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			r := &form.Reader{Expander: form.Expander{Lookup: environment}}
			levels := readLevels(r, readDraft(r, form.OpenFile, path))
			is.Equal(len(r.Errs), 0)
			golden(t, strings.TrimSuffix(path, ".yaml")+".golden", describe(levels))
		})
	}
}

// describe writes policies as text.
func describe(levels []*level) string {
	var out strings.Builder
	for _, l := range levels {
		for _, table := range l.tables {
			fmt.Fprintf(&out, "%v at %d:%d\n", table.name, table.place.Line, table.place.Col)
		}
		for p, indent := &l.policy, "    "; p != nil; p, indent = p.Within, indent+"    " {
			fmt.Fprintf(&out, "%s%s\n", indent, given(*p))
		}
	}
	return out.String()
}

// given are the fields of a policy that are not zero.
func given(p lifecycle.Policy) string {
	var fields []string
	for i, v := 0, reflect.ValueOf(p); i < v.NumField(); i++ {
		if name := v.Type().Field(i).Name; !v.Field(i).IsZero() && name != "Within" {
			fields = append(fields, fmt.Sprintf("%s:%+v", name, v.Field(i).Interface()))
		}
	}
	return strings.Join(fields, " ")
}

func golden(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		is.New(t).NoErr(os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	is.New(t).NoErr(err)
	is.New(t).Equal(got, string(want))
}

func TestRead(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := Read(environment, "testdata/full.yaml")
	is.NoErr(err)
	is.Equal(d.Lock, "name:deploys")
	is.True(d.CreateOnly)
	is.Equal(len(d.Tables), 3)
	is.Equal(d.Tables[1].Name, catalog.Name{Schema: "public", Table: "clicks"})
	is.Equal(d.Tables[1].Place, Place{File: "testdata/full.yaml", Line: 12, Col: 28})
	is.Equal(d.Tables[2].Policy.DropAfter, period.Span{Set: true}) // 0 is not absent
	is.Equal(d.Tables[2].Policy.Keep, period.Span{Windows: 20, Set: true})
	is.Equal(d.Tables[0].Policy.Keep, period.Span{Days: 90, Set: true}) // from ${KEEP}
	is.Equal(d.Tables[2].Policy.Behind, 7)                              // from '${COUNT}'
	url, err := d.DatabaseURL()
	is.NoErr(err)
	is.Equal(url, "postgres://app:s3cret@db/shop")
}

// Durations are read in every field as people write them elsewhere.
func TestShortDurations(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := readTexts(nil, table+"    every: 1d\n    ahead: 2w\n    keep: 720h\n    drop_after: 168h0m0s\n    min_runway: 36h\n")
	is.NoErr(err)
	p := d.Tables[0].Policy
	is.Equal(p.Every, period.Span{Days: 1, Set: true})
	is.Equal(p.Ahead, period.Span{Days: 14, Set: true})
	is.Equal(p.Keep, period.Span{Exact: 720 * time.Hour, Set: true})
	is.Equal(p.DropAfter, period.Span{Exact: 168 * time.Hour, Set: true})
	is.Equal(p.MinRunway, period.Span{Exact: 36 * time.Hour, Set: true})
}

func TestDefaultsOfADocument(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := readTexts(nil, "version: 1\n")
	is.NoErr(err)
	is.Equal(d.Lock, "") // goose, beside goose
	is.True(!d.CreateOnly)
	is.Equal(len(d.Tables), 0)
	url, err := d.DatabaseURL()
	is.NoErr(err)
	is.Equal(url, "")
	url, err = new(Document).DatabaseURL()
	is.NoErr(err)
	is.Equal(url, "")
}

func TestRetire(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"on": true, "off": false, "true": true, "'false'": false} {
		is := is.New(t)
		d, err := readTexts(nil, "version: 1\nretire: "+text+"\n")
		is.NoErr(err)
		is.Equal(!d.CreateOnly, want)
	}
}

func TestSeveralFiles(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := readTexts(nil,
		"version: 1\ndatabase: x\ndefaults: {every: 1 day}\ntables: [{table: a}]\n",
		"version: 1\nlock: atlas\ndatabase: x\ndefaults: {every: 1 week}\ntables: [{table: b}]\n",
		"version: 1\nlock: atlas\nretire: off\n")
	is.NoErr(err)
	is.Equal(d.Lock, "atlas")
	is.True(d.CreateOnly)
	is.Equal(d.Tables[0].Policy.Every, period.Span{Days: 1, Set: true}) // each file has its own defaults
	is.Equal(d.Tables[1].Policy.Every, period.Span{Days: 7, Set: true})
}

func TestFilesThatContradictEachOther(t *testing.T) {
	t.Parallel()
	one := "version: 1\nlock: goose\ndatabase: s3cret\nretire: on\ntables: [{table: [t, public.t], every: 1 day}]\n"
	two := "version: 1\nlock: atlas\ndatabase: other\nretire: off\ntables: [{table: T, every: 1 week}]\n"
	is.New(t).Equal(complaint(one, one), `b.yaml:5:19: the table has its policy at a.yaml:5:19 already, "t"
b.yaml:5:22: the table has its policy at a.yaml:5:22 already, "public.t"`)
	is.New(t).Equal(strings.ReplaceAll(complaint(one, two), "\t", ""), `b.yaml:2:7: lock: is not what a.yaml:2:7 says, "atlas"
b.yaml:3:11: database: is not what a.yaml:3:11 says
b.yaml:4:9: retire: is not what a.yaml:4:9 says, "off"
b.yaml:5:18: the table has its policy at a.yaml:5:19 already, "t"`)
}

func TestNoFile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	_, err := Read(nil)
	is.True(err != nil)
	_, err = Read(nil, "/nowhere/partsmith.yaml")
	is.Equal(err.Error(), "/nowhere/partsmith.yaml: cannot be read: no such file or directory")
	is.True(errors.Is(err, fs.ErrNotExist))
	var wrong *Error
	is.True(errors.As(err, &wrong))
	is.Equal(wrong.Place, Place{File: "/nowhere/partsmith.yaml"})
}

// One mistake does not hide the next.
func TestEveryMistakeIsNamed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	_, err := readTexts(nil, "lok: x\nlock: gose\n", day("    keep: 0\n"))
	var all Errors
	is.True(errors.As(err, &all))
	is.Equal(len(all), 4)
	is.Equal(all[3].Line, 5)
}
