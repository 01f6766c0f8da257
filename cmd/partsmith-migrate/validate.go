package main

import (
	"context"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/report"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

func validateCommand(sh shell) *cli.Command {
	return &cli.Command{
		Name:        "validate",
		Usage:       "read the document, and check it against the database where one is named",
		Flags:       idle(acting(), commonFlags(runTime(), connectFor(0), &cli.BoolFlag{Name: "offline", Usage: "never connect to a database"})),
		Description: idleWords(acting()),
		Action:      func(c *cli.Context) error { return sh.validate(c) },
	}
}

func (sh shell) validate(c *cli.Context) error {
	if err := sh.noArguments(c); err != nil {
		return err
	}
	w, err := sh.begin(c)
	if err != nil {
		return err
	}
	page := &report.Page{Color: w.color}
	wrong := 0
	switch named, err := w.namesDatabase(); {
	case c.Bool("offline"):
		page.Valid(len(w.tasks), "No database was asked (--offline).")
	case err != nil:
		return err
	case !named:
		page.Valid(len(w.tasks), "No database is named, so none was asked.")
	default:
		if wrong, err = w.check(c.Context, page); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w.out, page.String()); err != nil || wrong == 0 {
		return err
	}
	return &exit.Error{Code: exit.Usage}
}

// namesDatabase reports whether flags, document or libpq's variables say where the database is.
func (w work) namesDatabase() (bool, error) {
	url, err := w.document.DatabaseURL()
	if w.url != "" {
		return true, nil
	}
	for _, name := range []string{"PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER", "PGPORT"} {
		if w.getenv(name) != "" {
			return true, err
		}
	}
	return url != "", err
}

// check holds the document against the catalog.
func (w work) check(ctx context.Context, page *report.Page) (wrong int, err error) {
	database, conn, err := w.connect(ctx)
	if err != nil {
		return 0, err
	}
	defer database.Close()
	defer conn.Close()
	reading, err := w.read(ctx, conn)
	if err != nil {
		return 0, err
	}
	if wrong = page.Misfits(reading.Plans()); wrong == 0 {
		page.Valid(len(w.tasks), "")
	}
	return wrong, nil
}
