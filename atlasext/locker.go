package atlasext

import (
	"cmp"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// lockerOf takes the lock of a name as Atlas does.
func lockerOf(name string) (lock.Locker, error) {
	scheme, err := lock.ParseScheme("name:" + cmp.Or(name, DefaultLockName))
	if err != nil {
		return nil, err
	}
	return scheme.Locker(), nil
}
