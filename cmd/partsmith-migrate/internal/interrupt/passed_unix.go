//go:build unix

package interrupt

import (
	"os"
	"os/exec"
	"syscall"
)

// passed are the signals that exec gives to its command, beside SIGINT and SIGTERM.
func passed() []os.Signal {
	return []os.Signal{syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2}
}

// ExitCode is that of a shell: 128 and the signal's number where a signal ended the command.
func ExitCode(ended *exec.ExitError) int {
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return ended.ExitCode()
}
