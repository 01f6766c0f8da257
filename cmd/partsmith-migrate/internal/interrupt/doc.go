// Package interrupt ends a run when a signal asks for it, and hands signals to another command while that one runs.
//
//	signals := interrupt.Listen()
//	ctx, stop := signals.Context(context.Background())
//	defer stop()
//	err := run(ctx) // context.Cause(ctx) is an interrupt.Stopped after a signal
package interrupt
