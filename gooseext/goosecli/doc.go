/*
Package goosecli is goose's command line with partition maintenance around it: it reads what goose's command would read
(flags, variables, a .env file, DRIVER and DBSTRING in front), runs goose's own code, so that its lines, its version table
and its errors are goose's, and maintains the partitions afterwards.

Goose's command knows Go migrations only where they are compiled in, and so does partsmith-migrate. A program that has some is
the same command with a few lines:

	func main() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		program := goosecli.Program{Maintenance: policies}
		os.Exit(program.Run(ctx, os.Args[1:])) // up, up-by-one, up-to, down, down-to, redo, reset, status, version
	}

	func policies() (plugin.Lifecycle, error) {
		return plugin.Lifecycle{Tasks: []lifecycle.Task{{
			Table:  catalog.Name{Schema: "public", Table: "events"},
			Policy: lifecycle.Policy{Every: period.Days(1), Keep: period.Days(90)},
		}}}, nil
	}

Program is all that most need. Below it, for a command line of one's own: LoadEnv, Flags and Parse, Read, which gives a Call, and
Run, which does it.

Goose's package functions know one table, one logger and one dialect for the whole process, so a process calls Program.Run or
Run.Do once.
*/
package goosecli
