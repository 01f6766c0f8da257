// Package report writes plans, results and the state of tables for people: what, why, how big, what others notice, and
// when something will be dropped.
//
//	page := report.Page{Color: onTerminal}
//	page.Plans(tables, at, limits)
//	fmt.Print(page.String())
package report
