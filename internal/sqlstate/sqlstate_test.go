package sqlstate_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/internal/sqlstate"
)

func TestOf(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(sqlstate.Of(nil), "")
	is.Equal(sqlstate.Of(errors.New("connection reset")), "")
	is.Equal(sqlstate.Of(fmt.Errorf("drop: %w", &pgconn.PgError{Code: "55P03"})), "55P03")
	is.Equal(sqlstate.Of(errors.Join(errors.New("first"), &pq.Error{Code: "40P01"})), "40P01")
}
