package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"
)

// faultError is a panic in a command: a fault of this program, which is told as any other failure.
type faultError struct {
	doing string // the command
	place string // function, file and line of ours, empty where none is known
	what  string
}

func (e *faultError) Error() string {
	return fmt.Sprintf("%s was ended by a fault of this program%s: %s; what its transaction had begun is rolled back, and its locks are gone; please report this line",
		e.doing, e.place, e.what)
}

// guarded makes an error of a panic in a command.
func guarded(name string, action cli.ActionFunc) cli.ActionFunc {
	if action == nil {
		return nil
	}
	return func(c *cli.Context) error { return withoutPanic(name, func() error { return action(c) }) }
}

func withoutPanic(doing string, work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &faultError{doing: doing, place: faultPlace(), what: strings.Join(strings.Fields(fmt.Sprint(p)), " ")}
		}
	}()
	return work()
}

// faultPlace is where in our own code a panic, which is being recovered, has begun.
func faultPlace() string {
	const module = "github.com/partsmith/partsmith-migrate/"
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	begun := false
	for {
		frame, more := frames.Next()
		if begun && strings.HasPrefix(frame.Function, module) || begun && strings.HasPrefix(frame.Function, "main.") {
			return fmt.Sprintf(" in %s (%s:%d)", strings.TrimPrefix(frame.Function, module), filepath.Base(frame.File), frame.Line)
		}
		begun = begun || frame.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}
