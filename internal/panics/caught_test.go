package panics_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/internal/panics"
)

func TestCaught(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	failed := errors.New("failed")
	is.NoErr(panics.Caught(func() error { return nil }))
	is.Equal(panics.Caught(func() error { return failed }), failed)
	is.Equal(panics.Caught(func() error { panic("at once") }).Error(), "panic: at once")
}
