package main

import (
	"os"
	"os/exec"
	"syscall"
)

// passed are the signals that exec gives to its command, beside an interrupt.
func passed() []os.Signal { return []os.Signal{syscall.SIGHUP} }

func exitCode(ended *exec.ExitError) int { return ended.ExitCode() }
