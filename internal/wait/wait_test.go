package wait_test

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/internal/wait"
)

func TestFor(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.True(wait.For(t.Context(), time.Nanosecond))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	is.True(!wait.For(ctx, time.Hour))
}
