package lifecycle

import (
	"fmt"
	"slices"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/internal/human"
)

// nested reports whether the newest partition is itself partitioned: then a new one, a plain table, would be of another shape, and
// none is made. Where only older ones are, somebody has gone over to plain tables, or made some unawares: that is a warning.
func (m *maker) nested() bool {
	newest := m.latest()
	if newest == nil {
		return false
	}
	if newest.Kind == "p" {
		m.find(Finding{Code: "nested", Severity: Error, Partition: newest.Name, Window: newest.Window,
			Message: fmt.Sprintf("no partition of %s is made: the newest one, %s, is itself partitioned, and a new one would be a plain table", m.table.Name, newest.Name),
			Remedy:  "Make the partitions of the coming windows in a migration, each divided like the existing ones; what expires is retired all the same."})
		return true
	}
	if n := m.divided(); n > 0 {
		m.find(Finding{Code: "nested", Severity: Warning, Partition: newest.Name, Window: newest.Window,
			Message: fmt.Sprintf("%s has %s; the newest one, %s, is not, and new ones are plain tables like it",
				m.table.Name, human.Count(n, "partition that is itself partitioned", "partitions that are themselves partitioned"), newest.Name),
			Remedy: "If new ones are to be divided, make them in a migration: while the newest one is divided, no plain table is made."})
	}
	return false
}

// latest is the attached partition that ends last; one without an end, which catches what is left over, only where there is no
// other. DEFAULT is none of them.
func (m *maker) latest() *part {
	attached := m.inState(catalog.Attached)
	for _, p := range slices.Backward(attached) {
		if p.Known && p.Window.To.Finite() {
			return &p
		}
	}
	if len(attached) == 0 {
		return nil
	}
	return &attached[len(attached)-1]
}

// divided counts the partitions that are themselves partitioned and have not expired.
func (m *maker) divided() (n int) {
	for _, p := range m.inState(catalog.Attached) {
		if p.Kind == "p" && !p.Expired {
			n++
		}
	}
	return n
}
