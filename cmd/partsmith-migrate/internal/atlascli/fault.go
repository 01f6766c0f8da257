package atlascli

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// Fault makes what is wrong in the files of the desired state an error of usage, and leaves others as they are.
func Fault(err error) error {
	var faults hcl.Diagnostics
	var path *fs.PathError
	if errors.As(err, &faults) || errors.As(err, &path) {
		return wrong("%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return err
}

// TakeLock reads whose lock a policy document names: that of Atlas, or one by its name.
func (c *Call) TakeLock(text string) error {
	scheme, err := lock.ParseScheme(text)
	if err != nil {
		return err
	}
	name, named := strings.CutPrefix(scheme.String(), "name:")
	switch {
	case named:
		c.LockName = name
	case scheme.String() != "atlas":
		return wrong("the document says `lock: %s`, and Atlas works under its own; write `lock: atlas`, or give --lock-name", text)
	}
	return nil
}
