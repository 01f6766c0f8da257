package pgtest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
)

// The guard waits for the end of a pipe that only our process holds open, so it learns of our end however we end, also by SIGKILL.
// A word on the pipe dismisses it. It takes the process id from the server's own lock file: that file
// goes when the server goes, so the guard can never signal a stranger that got the same number later.
const guardScript = `
trap '' HUP INT TERM QUIT
read -r word && exit 0
lock=$1/data/postmaster.pid
tries=0
while [ -s "$lock" ] && [ $tries -lt 100 ]; do
	read -r pid <"$lock"
	signal=QUIT
	[ $tries -lt 80 ] || signal=KILL
	kill -s $signal "$pid" 2>/dev/null || break
	sleep 0.1
	tries=$((tries + 1))
done
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`

// guard ends a server and removes its folder when our process has gone. Its zero value guards nothing.
type guard struct {
	pipe io.WriteCloser
	cmd  *exec.Cmd
}

// post sets a guard over the folder of a server, before anything is in it. Without a shell (Windows) there is none.
func post(a account, dir string) (guard, error) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		return guard{}, nil
	}
	cmd := exec.Command(shell, "-c", guardScript, "pgtest-guard", dir)
	cmd.Dir = os.TempDir()
	if a.other {
		cmd.Dir = "/"
	}
	cmd.SysProcAttr = a.guardAttributes()
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return guard{}, fmt.Errorf("post guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return guard{}, fmt.Errorf("post guard: %w", err)
	}
	return guard{pipe: pipe, cmd: cmd}, nil
}

// dismiss sends the guard home: the server was stopped and its folder removed.
func (g guard) dismiss() {
	if g.cmd == nil {
		return
	}
	_, _ = io.WriteString(g.pipe, "stopped\n")
	_ = g.pipe.Close()
	_ = g.cmd.Wait()
}
