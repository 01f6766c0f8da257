package pgtest

import (
	"errors"
	"sync"
)

// shared is the one server of this test process. A package variable is the only place that all tests of a process can
// reach without a TestMain; it holds nothing that one test could change for another.
var shared = sync.OnceValues(newHost)

func isNoServer(err error) bool { return errors.Is(err, ErrNoServer) }
