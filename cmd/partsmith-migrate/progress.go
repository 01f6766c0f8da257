package main

import (
	"fmt"
	"io"
	"time"

	"github.com/partsmith/partsmith-migrate/core/executor"
)

// progress is a line on a terminal that says how far a long run has come. Its zero value writes nothing.
type progress struct {
	w     io.Writer
	since time.Time
	count int
	shown bool
}

// shortRun is how long a run may take without a word.
const shortRun = time.Second

func (sh shell) progress() *progress {
	if !sh.live {
		return &progress{}
	}
	return &progress{w: sh.err, since: time.Now()}
}

func (p *progress) heard(d executor.Done) {
	p.count++
	if p.w == nil || time.Since(p.since) < shortRun {
		return
	}
	p.shown = true
	fmt.Fprintf(p.w, "\r\x1b[2K%d done; %s %s", p.count, d.Status, d.Operation.ID)
}

// clear takes the line away before the results are written.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[2K")
	}
}
