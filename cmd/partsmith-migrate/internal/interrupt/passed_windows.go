package interrupt

import (
	"os"
	"os/exec"
	"syscall"
)

// passed are the signals that exec gives to its command, beside an interrupt.
func passed() []os.Signal { return []os.Signal{syscall.SIGHUP} }

// ExitCode is that of the command.
func ExitCode(ended *exec.ExitError) int { return ended.ExitCode() }
