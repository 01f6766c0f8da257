// Package wait lets time pass.
//
//	if !wait.For(ctx, pause) {
//		return ctx.Err()
//	}
package wait
