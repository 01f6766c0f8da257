package plugin_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// A migrator of one's own, with maintenance around it.
func ExampleAround() {
	migrate := func(ctx context.Context, db *sql.DB, file string) error {
		document, err := plugin.ReadDocument([]string{file}, os.LookupEnv)
		if err != nil {
			return err
		}
		scheme, err := lock.ParseScheme(document.Lock)
		if err != nil {
			return err
		}
		maintenance := plugin.Lifecycle{
			Tasks:      document.List(),
			DB:         db,
			CreateOnly: !document.Retire,
			Executor:   executor.Executor{Locker: scheme.Locker(5 * time.Minute)},
		}
		run := plugin.Run{Migrator: "ours", Direction: plugin.Up}
		results, err := plugin.Around(ctx, maintenance, run, func(ctx context.Context) plugin.Outcome {
			_, err := db.ExecContext(ctx, "create table if not exists notes (id bigint)")
			return plugin.Outcome{Applied: 1, Err: err}
		})
		fmt.Printf("%+v\n", executor.Count(results...))
		return err
	}
	_ = migrate
}

func ExampleReadDocument() {
	dir, err := os.MkdirTemp("", "partsmith")
	if err != nil {
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "partsmith.yaml")
	_ = os.WriteFile(file, []byte(`version: 1
tables:
  - table: public.events
    every: 1 day
    keep: 90 dyas
    drop-after: 7 days
`), 0o600)
	_, err = plugin.ReadDocument([]string{file}, os.LookupEnv)
	if wrong, ok := err.(plugin.DocumentErrors); ok {
		for _, one := range wrong {
			fmt.Printf("line %d: %s, %q\n", one.Line, one.What, one.Text)
		}
	}
	// Output:
	// line 5: keep: is no length: no unit "dya", "90 dyas"
	// line 6: unknown field of a table (did you mean drop_after?), "drop-after"
}
