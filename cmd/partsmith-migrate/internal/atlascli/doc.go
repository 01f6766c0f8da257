// Package atlascli is the command line of declarative Atlas with partition maintenance in it: it reads Atlas's flags and an
// atlas.hcl, sets up an atlasext.Runner, and writes plans and reports as text, as JSON, and with Atlas's own keys.
//
//	call, err := atlascli.Read(c, os.LookupEnv) // --url, --to, --env, ...
//	if err != nil {
//		return err // an *atlascli.UsageError
//	}
//	runner := call.Runner()
//	source := call.Source(dev)
//	runner.Desired, err = source.Read(ctx)
//	plan, err := runner.Plan(ctx, conn)
package atlascli
