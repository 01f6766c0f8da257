package pgtest

import (
	"os"
	"syscall"
)

func (a account) attributes() *syscall.SysProcAttr      { return nil }
func (a account) guardAttributes() *syscall.SysProcAttr { return nil }

func quit(p *os.Process) error { return p.Kill() }

func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}

// hasSockets: PostgreSQL listens on a loopback port here.
const hasSockets = false
