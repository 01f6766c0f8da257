package report

import (
	"context"
	"log/slog"
	"strings"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/verdict"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// Log writes as records what Results writes as a page: one for each table, for each operation that was not done, for each
// finding that is more than good to know, and at last one for the run.
func (run Run) Log(ctx context.Context, log *slog.Logger) {
	for _, r := range run.Results {
		logResult(ctx, log, r, run.Err)
	}
	var page Page
	page.applied(run)
	level := slog.LevelInfo
	if run.Outcome != verdict.OK {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, strings.TrimSpace(page.String()), "outcome", string(run.Outcome), "took", run.Took)
}

func logResult(ctx context.Context, log *slog.Logger, r executor.Result, known error) {
	page := Page{}
	table := slog.String("table", r.Plan.Table.String())
	state := page.state(r)
	if did := done(executor.Count(r)); did != "" {
		state = did + "; " + state
	}
	log.InfoContext(ctx, r.Plan.Table.String()+": "+state, table, slog.Duration("took", r.Took))
	for _, d := range r.Done {
		if d.Err != nil && d.Status != executor.Skipped && d.Status != executor.Vetoed {
			log.ErrorContext(ctx, d.Operation.ID+": "+oneLine(d.Err), table, slog.String("status", string(d.Status)), slog.Int("attempts", d.Attempts))
		}
	}
	for _, status := range []executor.Status{executor.Vetoed, executor.Skipped} {
		for _, left := range folded(withStatus(r.Done, status)) {
			log.InfoContext(ctx, string(status)+" "+left, table)
		}
	}
	if r.Failure != nil && (known == nil || oneLine(r.Failure) != oneLine(known)) {
		log.ErrorContext(ctx, "stopped: "+oneLine(r.Failure), table)
	}
	for _, f := range r.Plan.Findings {
		logFinding(ctx, log, f, table)
	}
}

func logFinding(ctx context.Context, log *slog.Logger, f lifecycle.Finding, table slog.Attr) {
	level := slog.LevelWarn
	switch f.Severity {
	case lifecycle.Info:
		return
	case lifecycle.Error:
		level = slog.LevelError
	}
	log.LogAttrs(ctx, level, f.Message, table, slog.String("code", f.Code), slog.String("remedy", f.Remedy), slog.String("sql", f.SQL))
}
