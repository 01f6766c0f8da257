package pgtest

import "syscall"

// attributes of a child process: it runs as the account, apart from our terminal's Ctrl-C, and is asked to quit when
// the thread that started it ends. That is a second safety beside the guard, for the case that both of us are killed.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

// guardAttributes lack what ends the child with its parent: the guard has work to do just then.
func (a account) guardAttributes() *syscall.SysProcAttr {
	attr := a.attributes()
	attr.Pdeathsig = 0
	return attr
}
