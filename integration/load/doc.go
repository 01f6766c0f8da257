// Package load measures how long an application waits while partitions are made and retired under it.
//
// Its benchmark lets ten clients write to a table and read it in transactions of a given length that overlap all the time,
// makes a run for one kind of operation beside them, and prints the longest wait of any client without the run and with it:
//
//	make bench
//	go test -run '^$' -bench Load -benchtime 1x ./integration/load    # a tiny form, for a look whether it works
package load
