// Package goosecli compares `partsmith-migrate goose` with goose's own command, which is built from goose's module: both are
// run on the same folder, each on a database of its own, and must say and leave the same. There is nothing to import here.
//
//	go test ./integration/goosecli/
package goosecli
