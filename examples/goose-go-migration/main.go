// Command goose-go-migration applies SQL and Go migrations. One of the Go migrations makes a partitioned table together with its
// first partitions, so that nobody ever sees the table without them; another one adjusts them later.
//
//	DATABASE_URL=postgres://localhost/app go run ./examples/goose-go-migration
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
	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
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
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	report, err := provider.Run(ctx)
	for _, result := range report.Migrations {
		fmt.Fprintln(out, result.Direction, result.Source.Path)
	}
	fmt.Fprintf(out, "created %d more partitions\n", executor.Count(report.Maintenance...).Created)
	return err
}

// newProvider has the migrations of the folder and of migrations.go, and the policy that both share with maintenance.
func newProvider(db *sql.DB) (*gooseext.Provider, error) {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, err
	}
	coded, err := goMigrations()
	if err != nil {
		return nil, err
	}
	maintenance := plugin.Lifecycle{
		Tasks: []lifecycle.Task{{Table: catalog.Name{Schema: "public", Table: "readings"}, Policy: readings()}},
	}
	return gooseext.NewProvider(db, migrations, maintenance, gooseext.WithGoose(goose.WithGoMigrations(coded...)))
}
