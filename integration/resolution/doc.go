// Package resolution holds that no operator, function, cast, type or relation in what the command sends can be somebody
// else's. Whoever may create in a schema of the search_path, on PostgreSQL 14 everybody, could otherwise have an operator
// =(oid, integer) called by a superuser's `plan`.
//
// A whole life of tables is lived by the command, and the server's log tells what was sent. Once every statement is parsed
// for names that are not qualified; what is sent inside a reading transaction, whose search_path is pg_catalog, is exempt. And
// once a schema stands on the search_path that has everything which pg_catalog has, and tells who calls it. There is nothing to
// import here.
//
//	go test ./integration/resolution/
package resolution
