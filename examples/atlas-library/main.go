// Command atlas-library is a deploy program: it makes the database look like the schema that is written in Go here, makes the
// partitions of the next two weeks and retires what is older than 90 days. Any number of pods may start it at once.
//
//	DATABASE_URL=postgres://localhost/app go run ./examples/atlas-library
package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
)

func main() {
	if err := deploy(context.Background(), os.Getenv("DATABASE_URL"), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func deploy(ctx context.Context, url string, out io.Writer) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	runner := atlasext.Runner{Desired: &atlasext.Desired{Realm: desired()}, Wait: time.Minute, Tasks: []lifecycle.Task{{
		Table: catalog.Name{Schema: "public", Table: "events"},
		Policy: lifecycle.Policy{
			Every:     period.Days(1),
			Ahead:     period.Days(14),
			Keep:      period.Days(90),
			DropAfter: period.Days(7),
		},
	}}}
	report, err := runner.Run(ctx, conn)
	did := executor.Count(report.Results...)
	fmt.Fprintf(out, "changed the schema by %d statements; created %d partitions, detached %d, dropped %d\n",
		len(report.Applied), did.Created, did.Detached, did.Dropped)
	return err
}

func desired() *schema.Realm {
	at := schema.NewColumn("created_at").SetType(&schema.TimeType{T: postgres.TypeTimestampTZ})
	events := schema.NewTable("events").AddColumns(schema.NewColumn("id").SetType(&schema.IntegerType{T: postgres.TypeBigInt}), at)
	events.AddAttrs(&postgres.Partition{T: postgres.PartitionTypeRange, Parts: []*postgres.PartitionPart{{C: at}}})
	return schema.NewRealm(schema.New("public").AddTables(events))
}
