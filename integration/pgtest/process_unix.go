//go:build unix && !linux

package pgtest

import "syscall"

// attributes of a child process: it runs as the account, apart from our terminal's Ctrl-C.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

func (a account) guardAttributes() *syscall.SysProcAttr { return a.attributes() }
