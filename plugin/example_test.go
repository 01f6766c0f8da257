package plugin_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/document"
	"github.com/partsmith/partsmith-migrate/plugin"
)

// A migrator of one's own, with maintenance around it.
func ExampleAround() {
	migrate := func(ctx context.Context, db *sql.DB, file string) error {
		doc, err := document.Read(os.LookupEnv, file)
		if err != nil {
			return err
		}
		scheme, err := lock.ParseScheme(doc.Lock)
		if err != nil {
			return err
		}
		maintenance := plugin.Lifecycle{
			Tasks:      doc.Tasks(),
			Sessions:   db,
			CreateOnly: doc.CreateOnly,
			Executor:   executor.Executor{Locker: scheme.Locker(), Wait: 5 * time.Minute},
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

// freeze keeps every migrator from running while it is on.
type freeze struct {
	plugin.Base
	on bool
}

func (f freeze) Before(context.Context, plugin.Run) error {
	if f.on {
		return errors.New("the shop is closed for changes until Monday")
	}
	return nil
}

// A plug-in that cares for one side alone embeds the other. One that embeds a plugin.Lifecycle maintains as well.
func ExampleBase() {
	_, err := plugin.Around(context.Background(), freeze{on: true}, plugin.Run{Migrator: "goose"}, func(context.Context) plugin.Outcome {
		return plugin.Outcome{Applied: 1}
	})
	fmt.Println(err)
	// Output: run goose: not started: the shop is closed for changes until Monday
}
