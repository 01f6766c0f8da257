//go:build !linux

package pgtest

// memoryFolder: only Linux has one that every user may write to.
func memoryFolder() (string, bool) { return "", false }
