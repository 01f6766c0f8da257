/*
Package plugin is the contract between partition maintenance and any migrator, and the policy document that both read.

# Around a migrator

A Plugin is called before and after every run of a migrator; Around holds the whole order in one place. Lifecycle is the
plug-in that creates and retires partitions. A program with a migrator of its own wraps it like this:

	document, err := plugin.ReadDocument([]string{"partsmith.yaml"}, os.LookupEnv)
	if err != nil {
		return err // one line for each mistake: partsmith.yaml:7:11: keep: is no length, "90 dyas"
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
		applied, err := migrate(ctx, db)
		return plugin.Outcome{Applied: applied, Err: err}
	})

The results tell what was done to each table, also beside an error. Package plugintest holds a suite that every such wrapper
should pass.

# The document

A policy document is YAML, and strict: an unknown field, a field given twice or a value of the wrong kind is an error with
its file, line and column.

	version: 1
	database: ${DATABASE_URL}
	lock: goose
	defaults: {every: 1 day, keep: 90 days}
	tables:
	  - table: [public.events, public.clicks]
	    ahead: 14 days
	    drop_after: 7 days
	  - table: public.invoices
	    every: 1 month
	    timezone: Europe/Berlin
	    keep: 24

${NAME} and ${file:/path} stand in values, never in keys; they are expanded after the YAML was read, so nothing in a
variable can become a field. $$ is a dollar, as is a dollar before anything but a brace. Field by field, a table's own value
replaces that of `defaults`; a map such as `leaf` is replaced as a whole. A table with `list` or `hash` takes no default
that belongs to `every`. Schema is the JSON Schema of all this, for editors.

No error shows the value of `database`, what a variable held, or the parser's excerpt of a file.
*/
package plugin
