package pgtest

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is the user that the server runs as. The zero account is our own: PostgreSQL takes any user but root.
type account struct {
	uid, gid uint32
	other    bool // not our own
}

func serverAccount() (account, error) {
	if os.Getuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return accountOf(found)
		}
	}
	return account{}, fmt.Errorf("choose user of server: there is neither postgres nor nobody, and PostgreSQL refuses root")
}

func accountOf(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read user %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read group of user %s: %w", u.Username, err)
	}
	return account{uid: uint32(uid), gid: uint32(gid), other: true}, nil
}

// own gives a file of ours to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Lchown(path, int(a.uid), int(a.gid))
}

func (a account) ownAll(root string) error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return a.own(path)
	})
}

// mayRun is false where a folder on the way to the binaries is closed to the account, as everything below /root is.
func (a account) mayRun(program string) bool {
	if !a.other {
		return true
	}
	cmd := exec.Command(program, "--version")
	cmd.Dir = "/"
	cmd.SysProcAttr = a.attributes()
	return cmd.Run() == nil
}
