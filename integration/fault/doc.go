// Package fault breaks runs at every message that they send, and shows that nothing is lost by it.
//
// A Proxy stands between a client and a server and understands where PostgreSQL's messages begin and end. At one of them,
// its Point, it calls a function that cuts the connection, kills or stops somebody, and is told what to do afterwards:
//
//	proxy, err := fault.Listen(server.URL("app"))
//	if err != nil {
//		return err
//	}
//	defer proxy.Close()
//	proxy.Break(fault.Point{Message: 17, Where: fault.After}, func(fault.Link) fault.Next { return fault.Cut })
//	pool, err := sql.Open("pgx", proxy.URL())
//
// The tests let a run that does everything (it creates, attaches again, finalizes, detaches both ways, drops and unmarks)
// meet every such point, and look at what is left and at what the next run makes of it. A sample of the points, drawn by
// chance, is tried by `make test`; PARTSMITH_FAULT_SEED draws the same one again. `make soak` tries all of them.
package fault
