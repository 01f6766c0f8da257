// Package integration holds the tests that belong to no single package: what they hold together is the house itself.
//
// The tests of a package against a server stand in that package and take their database from pgtest:
//
//	db := pgtest.New(t)
package integration
