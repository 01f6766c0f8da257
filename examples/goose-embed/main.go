// Command goose-embed is a deploy program: it applies the migrations that are compiled into it, makes the partitions of the
// next two weeks and retires what is older than 90 days. Any number of pods may start it at once.
//
//	DATABASE_URL=postgres://localhost/app go run ./examples/goose-embed
package main

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/plugin"
)

//go:embed migrations/*.sql
var files embed.FS

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
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	provider, err := gooseext.NewProvider(db, migrations, plugin.Lifecycle{Tasks: []lifecycle.Task{{
		Table: catalog.Name{Schema: "public", Table: "events"},
		Policy: lifecycle.Policy{
			Every:     period.Days(1),
			Ahead:     period.Days(14),
			Keep:      period.Days(90),
			DropAfter: period.Days(7),
		},
	}}})
	if err != nil {
		return err
	}
	report, err := provider.Run(ctx)
	did := executor.Count(report.Maintenance...)
	fmt.Fprintf(out, "applied %d migrations; created %d partitions, detached %d, dropped %d\n",
		len(report.Migrations), did.Created, did.Detached, did.Dropped)
	return err
}
