package load

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// extent is how much is measured.
type extent struct {
	lengths []time.Duration // of the clients' transactions
	least   time.Duration   // of each measurement
	most    time.Duration   // for a run
}

// extentOf is the whole, or a tiny form where every benchmark is to run but once.
func extentOf() extent {
	const ms = time.Millisecond
	if f := flag.Lookup("test.benchtime"); f != nil && f.Value.String() == "1x" {
		return extent{lengths: []time.Duration{0, 50 * ms}, least: 100 * ms, most: 5 * time.Second}
	}
	return extent{lengths: []time.Duration{0, 50 * ms, 250 * ms, 550 * ms}, least: 3 * time.Second, most: time.Minute}
}

// cell is what was measured of one kind of operation beside transactions of one length.
type cell struct {
	stage         string
	length        time.Duration
	without, with time.Duration // the longest wait of any client
	took          time.Duration // by the run
	gaveUp        error
}

// BenchmarkLoad prints how long ten clients wait at most, without a run and with it, and how long the run takes beside them.
func BenchmarkLoad(b *testing.B) {
	var cells []cell
	for b.Loop() {
		cells = measure(b, extentOf())
	}
	b.StopTimer()
	report(cells)
	worst := time.Duration(0)
	for _, c := range cells {
		worst = max(worst, c.with-c.without)
	}
	b.ReportMetric(float64(worst.Milliseconds()), "ms-longer")
}

func measure(b *testing.B, e extent) []cell {
	b.Helper()
	var cells []cell
	for _, s := range stages() {
		for _, length := range e.lengths {
			cells = append(cells, s.measure(b, length, e))
		}
	}
	return cells
}

func (s stage) measure(b *testing.B, length time.Duration, e extent) cell {
	b.Helper()
	db := pgtest.New(b)
	s.set(b, db)
	c := cell{stage: s.name, length: length}
	crowd := gather(db.SQL(), length)
	crowd.another()
	c.without = crowd.during(e.least, func() {})
	c.with = crowd.during(e.least, func() { c.took, c.gaveUp = s.act(b, db.URL, e.most) })
	if err := crowd.leave(); err != nil {
		b.Fatalf("%s, %v: %v", s.name, length, err)
	}
	return c
}

// report prints the table.
func report(cells []cell) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\noperation\ttransactions of\tlongest wait without us\twith us\tdone within\t")
	for _, c := range cells {
		done := c.took.Round(10 * time.Millisecond).String()
		if c.gaveUp != nil {
			first, _, _ := strings.Cut(c.gaveUp.Error(), "\n")
			done = fmt.Sprintf("gave up after %v: %s", c.took.Round(time.Second), first)
		}
		fmt.Fprintf(w, "%s\t%d ms\t%d ms\t%d ms\t%s\t\n", c.stage, c.length.Milliseconds(), c.without.Milliseconds(), c.with.Milliseconds(), done)
	}
	_ = w.Flush()
}
