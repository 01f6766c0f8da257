package ask_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/partsmith/partsmith-migrate/core/ask"
	"github.com/partsmith/partsmith-migrate/core/catalog"
)

func ExampleOne() {
	count := func(ctx context.Context, conn *sql.Conn, table *catalog.Table, partition catalog.Partition) error {
		rows := catalog.Ask{Kind: catalog.AskRows, Relation: partition.OID, From: "2026-11-20", To: "2026-11-21"}
		if err := ask.One(ctx, conn, table, []catalog.Ask{rows}, time.Second); err != nil {
			return err
		}
		fmt.Println(table.Answers[rows].Count)
		return nil
	}
	_ = count
}
