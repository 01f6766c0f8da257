/*
Package plugintest holds the conformance suite of the contract in package plugin. Whoever wraps a migrator runs it, on
throw-away databases of a real server:

	func TestConformance(t *testing.T) {
		plugintest.Run(t, plugintest.Adapter{
			Migrator: "ours",
			Database: func(t *testing.T) *sql.DB { return pgtest.New(t).SQL() },
			Run: func(ctx context.Context, db *sql.DB, p plugin.Plugin, m plugintest.Migration) ([]executor.Result, error) {
				run := plugin.Run{Migrator: "ours", Direction: m.Direction}
				return plugin.Around(ctx, p, run, func(ctx context.Context) plugin.Outcome {
					return ours.Migrate(ctx, db, m.Up, m.Down)
				})
			},
		})
	}

The suite gives the adapter a migration and a plug-in, lets it run, and then looks: who was called, in which order and with
what; which partitions came and went; what became of the errors of both; on which session the lock was held meanwhile, where
Adapter.Locks says that it can tell; and that no lock and no connection was left behind.
*/
package plugintest
