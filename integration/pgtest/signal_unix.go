//go:build unix

package pgtest

import (
	"os"
	"syscall"
)

// quit asks for an immediate shutdown: the server frees its shared memory and writes nothing more, which is all we need.
func quit(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }

// alive is true also for a process of another user.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}

const hasSockets = true
