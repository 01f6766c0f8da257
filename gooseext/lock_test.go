package gooseext_test

import (
	"testing"

	gooselock "github.com/pressly/goose/v3/lock"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

func TestOurKeyIsGooses(t *testing.T) {
	t.Parallel()
	if int64(lock.Goose) != gooselock.DefaultLockID {
		t.Errorf("our key of goose is %d, its own is %d", lock.Goose, gooselock.DefaultLockID)
	}
}
