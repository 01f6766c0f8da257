package executor

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/blocker"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/lock"
)

// coded is an error as drivers give it.
type coded struct{ state, message string }

func (e coded) Error() string    { return "ERROR: " + e.message + " (SQLSTATE " + e.state + ")" }
func (e coded) SQLState() string { return e.state }

func TestVerdicts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for state, want := range map[string]verdict{
		"55P03": again, "40P01": again, "40001": again,
		"25P03": lost, "25P04": lost, "57P01": lost, "57P02": lost, "57P05": lost, "08006": lost, "08003": lost,
		"23503": answer, "2BP01": answer, "42501": answer, "23514": answer, "57014": answer, "22P02": answer, "42601": answer,
		"42P07": changed, "42809": changed, "42P17": changed, "55000": changed,
	} {
		t.Run(state, func(t *testing.T) {
			is := is.New(t)
			is.Equal(verdictOf(fmt.Errorf("wrapped: %w", coded{state, "message"})), want)
		})
	}
	is.Equal(verdictOf(coded{"22P02", `ungültige Eingabe: "partsmith: public.ev_0 is no longer what was planned"`}), changed)
	is.Equal(verdictOf(driver.ErrBadConn), lost)
	is.Equal(verdictOf(io.ErrUnexpectedEOF), lost)
	is.Equal(verdictOf(&lock.BusyError{}), busy)
	is.Equal(verdictOf(&lock.LostError{}), lost)
	is.Equal(verdictOf(&waitingError{}), again)
	is.Equal(verdictOf(&pendingError{cause: coded{"55P03", "lock timeout"}}), pending)
	is.Equal(verdictOf(&pendingError{cause: &blocker.QueuedError{Cause: coded{"57014", "canceling statement"}}}), pending)
}

func TestACancelIsOursOnlyAfterOurTime(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	err := coded{"57014", "canceling statement"}
	limit := 150 * time.Millisecond
	over, cancel := context.WithCancel(t.Context())
	cancel()
	is.Equal(judge(t.Context(), err, limit, limit), again)
	is.Equal(judge(t.Context(), err, limit-1, limit), answer) // somebody's pg_cancel_backend
	is.Equal(judge(t.Context(), err, time.Hour, 0), answer)   // the step has no limit
	is.Equal(judge(over, err, limit, limit), answer)
	is.Equal(judge(t.Context(), &pendingError{cause: err}, limit, limit), pending)
}

func TestFindingsAreErrorsWithTheirReasons(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	found := func(code string, s lifecycle.Severity) lifecycle.Finding {
		return lifecycle.Finding{Code: code, Severity: s, Message: "about " + code, Remedy: "do it"}
	}
	r := Result{Plan: lifecycle.Plan{Findings: []lifecycle.Finding{found("name_taken", lifecycle.Error), found("referenced", lifecycle.Error), found("not_owner", lifecycle.Error),
		found("misfit", lifecycle.Error), found("default_holds_rows", lifecycle.Error), found("missing_table", lifecycle.Error), found("gap", lifecycle.Info)}}}
	err := r.Err()
	is.True(!r.OK())
	var finding *FindingError
	is.True(errors.Is(err, NameTaken))
	is.True(errors.Is(err, Referenced))
	is.True(errors.Is(err, RightLacking))
	is.True(errors.Is(err, Misfit))
	is.True(errors.Is(err, MissingTable))
	var taken *OperationError
	is.True(errors.As(err, &taken))
	is.True(errors.As(taken, &finding))
	is.Equal(finding.Finding.Code, "name_taken")
	is.Equal(taken.Error(), "about name_taken (do it)")
	is.True(Result{}.OK())
}
