// Package atlasext joins partition maintenance to Atlas, whose inspection sees a partitioned table but not its partitions.
//
// The two agree on the name of a lock, which Atlas hashes into an advisory key:
//
//	unlock, err := driver.Lock(ctx, "atlas_migrate_execute", 10*time.Second) // the driver of ariga.io/atlas/sql/postgres
package atlasext
