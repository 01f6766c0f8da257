// Package desired reads what a schema should be, from HCL, from SQL, or from Go:
//
//	source := desired.Source{Files: []string{"schema.hcl"}, Dev: dev}
//	state, err := source.Read(ctx)
//	...
//	fmt.Println(len(state.Realm.Schemas), len(state.Policies))
//
// SQL files, and expressions that shall be compared with those of a server, need a dev database: an empty one, which is left
// empty.
package desired
