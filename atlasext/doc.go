// Package atlasext joins partition maintenance to Atlas, whose inspection sees a partitioned table but not its partitions.
//
// Atlas by itself drops a partition that was detached and waits to be dropped, drops a schema that holds only partitions, reads
// a wrong key where a column before it was dropped, takes a foreign key into a partitioned table for as many keys as there are
// partitions, and locks nothing while it changes a schema. Here it does none of that, and one run does all:
//
//	source := atlasext.Source{Files: []string{"schema.hcl"}}
//	desired, err := source.Read(ctx)
//	...
//	conn, err := db.Conn(ctx)
//	...
//	runner := atlasext.Runner{Desired: desired, Wait: 10 * time.Second}
//	plan, err := runner.Plan(ctx, conn) // reads only: changes of the schema, partitions, and guards that stand in the way
//	...
//	report, err := runner.Run(ctx, conn) // the schema first, then what is coming, then what has expired
//
// The policy stands beside the key that it governs. Atlas ignores the block; here it is as strict as a policy document:
//
//	table "events" {
//	  schema = schema.public
//	  column "created_at" {
//	    null = false
//	    type = timestamptz
//	  }
//	  partition {
//	    type    = RANGE
//	    columns = [column.created_at]
//	    lifecycle {
//	      every      = "1 day"
//	      ahead      = "14 days"
//	      keep       = "90 days"
//	      drop_after = "7 days"
//	    }
//	  }
//	}
//
// # What is refused
//
// A change that would destroy partitions by accident, or that PostgreSQL cannot make, is a GuardError, and the schema is not changed;
// partitions that are due are made all the same. Runner.Allow lifts a Guard for one table. A desired state about other schemas than
// the connection, or than the dev database, is a ScopeError: what is merely out of sight would be dropped.
//
// # What is left alone
//
// Detached partitions, version tables of known migrators, and lines of ours in comments (partsmith:hold). Also what was a partition
// once, as far as can be seen, though its comment says something else by now: the finding former_partition tells of it, and
// Runner.DropFormer lets it be dropped.
//
// # The lock
//
// A run takes the lock of Atlas's own `migrate apply`, an advisory key that Atlas makes of a name, on the one session that it
// works on. Atlas's `schema apply` takes none and does not wait for it.
//
// # Versioned migrations
//
// Versioned puts the lifecycle around Atlas's executor under the same lock. Execute runs the files on the session that holds
// it, so that a statement which a killed client leaves running keeps the lock until it ends:
//
//	versioned := atlasext.Versioned{Plugin: plugin.Lifecycle{Tasks: tasks}}
//	results, err := versioned.Execute(ctx, conn, atlasext.Migrations{Dir: dir, Revisions: revisions})
//
// Run and Around do it around any function, in either direction.
//
// Users of the stock `atlas schema apply` pass what Excludes gives to --exclude.
package atlasext
