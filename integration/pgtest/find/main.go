// The program find prints the PostgreSQL servers that tests would find on this machine, in the order of the search, and fails
// where none fits PARTSMITH_PG_VERSION:
//
//	go run ./integration/pgtest/find
package main

import (
	"fmt"
	"os"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

func main() {
	for _, installation := range pgtest.Installations() {
		fmt.Println(installation.Version, installation.Bin)
	}
	if _, err := pgtest.Find(0); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
