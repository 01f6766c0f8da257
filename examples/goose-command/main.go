// Command goose-command is goose's command line with migrations compiled in, one of them written in Go. After every run
// upwards it maintains the partitions, as `partsmith-migrate goose` does.
//
//	GOOSE_DBSTRING=postgres://localhost/app go run ./examples/goose-command up
package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/document"
	"github.com/partsmith/partsmith-migrate/gooseext"
	"github.com/partsmith/partsmith-migrate/gooseext/goosecli"
	"github.com/partsmith/partsmith-migrate/plugin"
)

//go:embed migrations/*.sql partsmith.yaml
var files embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := register(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(goosecli.Misused)
	}
	program := goosecli.Program{Maintenance: policies}
	os.Exit(program.Run(ctx, os.Args[1:]))
}

// register makes goose's package functions know the files and the Go migration.
func register() error {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	goose.SetBaseFS(migrations)
	readings, err := policies()
	if err != nil {
		return err
	}
	create, err := gooseext.CreatePartitioned("00002_readings.go", gooseext.Partitioned{
		Table:  "public.readings",
		SQL:    "CREATE TABLE public.readings (at timestamptz NOT NULL, device bigint REFERENCES devices) PARTITION BY RANGE (at)",
		Policy: readings.Tasks[0].Policy,
	})
	if err != nil {
		return err
	}
	return goose.SetGlobalMigrations(create)
}

// policies are read from the document that is compiled in.
func policies() (plugin.Lifecycle, error) {
	doc, err := document.ReadFS(files, os.LookupEnv, "partsmith.yaml")
	if err != nil {
		return plugin.Lifecycle{}, err
	}
	return plugin.Lifecycle{Tasks: doc.Tasks(), CreateOnly: doc.CreateOnly}, nil
}
