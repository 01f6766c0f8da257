// Package goosecli is goose's command line with partition maintenance around it: it reads what goose's command would read
// (flags, variables, a .env file, DRIVER and DBSTRING in front), runs goose's own code, so that its lines, its version table
// and its errors are goose's, and maintains the partitions afterwards.
//
//	if err := goosecli.LoadEnv(file, os.Stderr); err != nil {
//		return err
//	}
//	call, err := goosecli.Read(c, []string{"postgres", "postgres://localhost/app", "up"}, os.LookupEnv)
//	if err != nil {
//		return err // a *goosecli.UsageError
//	}
//	run := goosecli.Run{Call: call, Database: db, Maintenance: lifecycle, Log: log.New(os.Stderr, "", log.LstdFlags)}
//	ended := run.Do(ctx)
//
// Goose's package functions know one table, one logger and one dialect for the whole process, so a process calls Do once.
package goosecli
