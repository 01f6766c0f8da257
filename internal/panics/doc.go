// Package panics turns the panics of code that is not ours into errors.
//
//	err := panics.Caught(func() error { return hook(ctx) })
package panics
