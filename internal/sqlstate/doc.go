// Package sqlstate tells what a server called an error, whatever driver brought it.
//
//	if sqlstate.Of(err) == "55P03" { // lock_not_available
//		...
//	}
package sqlstate
