package goosecli

import (
	"testing"

	"github.com/matryer/is"
	"github.com/pressly/goose/v3"
)

// found is a folder with these files, of which some are applied.
func found(files, applied []int64) folder {
	f := folder{applied: map[int64]bool{0: true}, known: true}
	for _, v := range files {
		f.files = append(f.files, &goose.Migration{Version: v})
	}
	for _, v := range applied {
		f.applied[v], f.latest = true, v
	}
	return f
}

func versions(some goose.Migrations) []int64 {
	var all []int64
	for _, m := range some {
		all = append(all, m.Version)
	}
	return all
}

func TestPending(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := found([]int64{1, 2, 3, 4, 5}, []int64{1, 3})
	is.Equal(versions(f.pending(Call{Command: "up"})), []int64{2, 4, 5}) // what was left out comes first
	is.Equal(versions(f.pending(Call{Command: "up-by-one"})), []int64{2})
	is.Equal(versions(f.pending(Call{Command: "up-to", Version: 4})), []int64{2, 4})
	is.Equal(versions(f.pending(Call{Command: "up-to", Version: 1})), nil)
}

func TestDone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := found([]int64{2, 3}, []int64{2})
	is.True(f.done(Call{Command: "up-to", Version: 2}))
	is.True(!f.done(Call{Command: "up-to", Version: 1})) // goose finds no migration and says so
	is.True(!f.done(Call{Command: "up"}))
	f.known = false
	is.True(!f.done(Call{Command: "up-to", Version: 2}))
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := found([]int64{1, 2, 3, 4}, []int64{1, 2, 3})
	is.Equal(versions(f.leaving(Call{Command: "reset"})), []int64{3, 2, 1})
	is.Equal(versions(f.leaving(Call{Command: "down-to", Version: 1})), []int64{3, 2})
	is.Equal(versions(f.leaving(Call{Command: "down"})), []int64{3})
	is.Equal(versions(f.leaving(Call{Command: "down", NoVersioning: true})), []int64{4})
}
