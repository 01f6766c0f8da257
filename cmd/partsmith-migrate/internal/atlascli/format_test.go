package atlascli

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"ariga.io/atlas/atlasexec"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/atlasext"
)

// What reads the output of Atlas's command reads ours, and no password is in it.
func TestDocumentIsAtlass(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	call := Call{URL: "postgres://app:s3cret@db:5432/shop?search_path=public&password=s3cret", Scope: "public"}
	changes := []atlasext.Change{{SQL: "one"}, {SQL: "two"}}
	failed := &atlasext.ChangeError{Change: changes[1], Cause: errors.New("connect to postgres://app:s3cret@db/shop: no")}
	report := &atlasext.Report{Plan: &atlasext.Plan{Changes: changes}, Applied: changes[:1]}
	format, err := ReadFormat("{{ json . }}")
	is.NoErr(err)
	var text strings.Builder
	is.NoErr(format.Write(&text, call.Done(report, failed, time.Unix(1, 0), time.Unix(2, 0))))
	is.True(!strings.Contains(text.String(), "s3cret"))
	var got atlasexec.SchemaApply
	is.NoErr(json.Unmarshal([]byte(text.String()), &got))
	is.Equal(got.Driver, "postgres")
	is.Equal(got.URL.Host, "db:5432")
	is.Equal(got.URL.Schema, "public")
	is.Equal(got.Changes.Applied, []string{"one"})
	is.Equal(got.Changes.Pending, []string{"two"})
	is.Equal(got.Changes.Error.Stmt, "two")
	is.True(got.Error != "")
	is.Equal(got.Start.Unix(), int64(1))
	is.Equal(got.End.Unix(), int64(2))
}

func TestScope(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for url, want := range map[string]string{"postgres://db/shop": "", "postgresql://db/shop?search_path=a%20b&sslmode=disable": "a b"} {
		got, err := scope("--url", url)
		is.NoErr(err)
		is.Equal(got, want)
	}
	for _, url := range []string{"mysql://s3cret@db", "host=db password=s3cret", "postgres://app:s3%cret@db", "postgres://db/shop?search_path=a,b"} {
		_, err := scope("--url", url)
		is.True(err != nil)
		is.True(!strings.Contains(err.Error(), "cret"))
	}
}

// A value that a repeatable flag of Atlas would split is quoted, and read back as it was.
func TestValueIsReadBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, text := range []string{"events", `public."a.b"`, "a,b", `say "x"`} {
		got, err := values("exclude", []string{Value(text)})
		is.NoErr(err)
		is.Equal(got, []string{text})
	}
}
