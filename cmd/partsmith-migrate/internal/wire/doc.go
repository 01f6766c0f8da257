// Package wire writes plans, results and states for programs: JSON, version 1, and Prometheus' text format.
//
// In JSON keys are only ever added, names are as SQL writes them, instants are RFC 3339 in UTC, and null stands where there
// is nothing.
//
//	plan := wire.Plan(reading.Plans(), at, nil)
//	err := wire.Write(os.Stdout, plan)
package wire
