package level_test

import (
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/level"
	"github.com/partsmith/partsmith-migrate/core/period"
)

func ExampleRead() {
	table := catalog.Table{
		Name:     catalog.Name{Schema: "public", Table: "events"},
		Strategy: catalog.Range,
		Key:      []catalog.Column{{Name: "at", Type: "date"}},
	}
	at := time.Date(2026, 11, 20, 14, 30, 0, 0, time.UTC)

	l, err := level.Read(table, level.Rule{Every: period.Days(1), Ahead: period.Windows(2)}, period.Instant(at))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range l.Missing(nil) {
		fmt.Println(l.Name(p), l.Key(p.Share).Bound())
	}
	// Output:
	// events__2026_11_20 FOR VALUES FROM ('2026-11-20') TO ('2026-11-21')
	// events__2026_11_21 FOR VALUES FROM ('2026-11-21') TO ('2026-11-22')
}
