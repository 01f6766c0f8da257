package catalog_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

func Example() {
	show := func(ctx context.Context, conn *sql.Conn) error {
		events, err := catalog.ParseName("public.events")
		if err != nil {
			return err
		}
		snapshot, err := catalog.Read(ctx, conn, []catalog.Want{{Table: events}})
		if err != nil {
			return err
		}
		if err := snapshot.Server.Check(); err != nil {
			return err
		}
		for _, p := range snapshot.Tables[0].Partitions {
			fmt.Println(p.Name, p.State, p.Bound.Text)
		}
		return nil
	}
	_ = show
}

func ExampleParseBound() {
	b := catalog.ParseBound("FOR VALUES FROM ('2026-11-20', MINVALUE) TO ('2026-11-21', MINVALUE)")
	fmt.Println(b.From[0].Text, b.From[1].Low, b.To[0].Text)
	// Output: 2026-11-20 true 2026-11-21
}

func ExampleName_String() {
	n, _ := catalog.ParseName(`App."Daily Events"`)
	fmt.Println(n.Schema, n.Table, n)
	// Output: app Daily Events app."Daily Events"
}

func ExampleMarker_String() {
	m := catalog.Marker{
		Parent:     catalog.Name{Schema: "public", Table: "events"},
		DetachedAt: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC),
		OID:        16400, ParentOID: 16384,
		Bound: "FOR VALUES FROM ('2026-05-01') TO ('2026-05-02')",
		Rest:  "one day of events",
	}
	fmt.Println(m)
	// Output:
	// pg-partsmith:orphan-parent=public.events
	// pg-partsmith:detached-at=2026-08-01T00:00:00+00:00
	// partsmith:oid=16400/16384 bound=FOR VALUES FROM ('2026-05-01') TO ('2026-05-02')
	// one day of events
}
