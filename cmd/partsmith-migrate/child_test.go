package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// child is a command for exec to run: `child exit 3` ends so, `child signal` says that it is ready, waits for a signal,
// names it and ends with 9, `child args ...` shows its arguments.
func child() {
	switch os.Args[1] {
	case "exit":
		code, _ := strconv.Atoi(os.Args[2])
		os.Exit(code)
	case "signal":
		arrived := make(chan os.Signal, 1)
		signal.Notify(arrived, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		fmt.Println("ready")
		fmt.Println("got", <-arrived)
		os.Exit(9)
	case "patient":
		arrived := make(chan os.Signal, 1)
		signal.Notify(arrived, syscall.SIGTERM)
		fmt.Println("ready")
		<-arrived
	case "args":
		fmt.Printf("%q\n", os.Args[2:])
	}
}
