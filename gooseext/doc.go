// Package gooseext joins partition maintenance to goose: a run of goose also makes the partitions that the next days need,
// under the lock that goose itself takes.
//
// The two meet in one number. goose's session locker and core/lock take the same advisory key, so a migration and
// maintenance never work at once:
//
//	locker, err := lock.NewPostgresSessionLocker() // goose's, of github.com/pressly/goose/v3/lock
//	…
//	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker))
package gooseext
