// Package demo plays three months in the life of a database: partitioned tables with rows in them, a run every day, and
// what plan, apply and status show on some of these days.
//
//	show := demo.Show{Out: os.Stdout, URL: server.URL, Run: runCommand}
//	err := show.Play(ctx)
package demo
