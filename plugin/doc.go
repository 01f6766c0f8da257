/*
Package plugin is the contract between partition maintenance and any migrator.

A Plugin is called before and after every run of a migrator; Around holds the whole order in one place. Lifecycle is the
plug-in that creates and retires partitions. A program with a migrator of its own wraps it like this:

	doc, err := document.Read(os.LookupEnv, "partsmith.yaml")
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
		applied, err := migrate(ctx, db)
		return plugin.Outcome{Applied: applied, Err: err}
	})

The results tell what was done to each table, also beside an error. Package plugintest holds a suite that every such wrapper
should pass.
*/
package plugin
