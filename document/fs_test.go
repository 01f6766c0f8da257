package document

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/matryer/is"
)

func TestReadFS(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	secret := filepath.Join(t.TempDir(), "keep")
	is.NoErr(os.WriteFile(secret, []byte("30 days\n"), 0o600))
	files := fstest.MapFS{
		"policies/events.yaml": {Data: []byte("version: 1\ndefaults: {every: 1 day}\ntables: [{table: events, keep: '${file:" + secret + "}'}]\n")},
		"policies/jobs.yaml":   {Data: []byte("version: 1\ntables: [{table: jobs, every: 1 week, keep: '${KEEP}'}]\n")},
	}
	d, err := ReadFS(files, environment, "policies/events.yaml", "policies/jobs.yaml")
	is.NoErr(err)
	is.Equal(len(d.Tables), 2)
	is.Equal(d.Tables[0].Policy.Keep.Days, 30) // from the machine's file
	is.Equal(d.Tables[1].Policy.Keep.Days, 90)
	is.Equal(d.Tables[1].Place, Place{File: "policies/jobs.yaml", Line: 2, Col: 18})
	is.Equal(d.Tasks()[1].Table, d.Tables[1].Name)
	is.Equal(d.Tasks()[1].Policy, d.Tables[1].Policy)
}

func TestReadFSNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	files := fstest.MapFS{"partsmith.yaml": {Data: []byte("version: 1\nlock: gose\n")}}
	_, err := ReadFS(files, nil, "partsmith.yaml", "nowhere.yaml")
	var all Errors
	is.True(errors.As(err, &all))
	is.Equal(len(all), 2)
	is.Equal(all[0].Place, Place{File: "partsmith.yaml", Line: 2, Col: 7})
	is.Equal(all[1].Error(), "nowhere.yaml: cannot be read: file does not exist")
	is.True(errors.Is(err, fs.ErrNotExist))
	_, err = ReadFS(files, nil)
	is.True(err != nil) // no file was named
}
