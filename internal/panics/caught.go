package panics

import "fmt"

// Caught is the error of a call, or its panic as one.
func Caught(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return call()
}
