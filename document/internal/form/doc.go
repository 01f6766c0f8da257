/*
Package form reads strict YAML into Go values by a table of fields, and makes a JSON Schema of the same table.

A Field has a name, a Kind and a place in a Go value. A Kind knows what a value may be twice over: as Schema, and as a
function that reads a Node.

	type wheel struct {
		size int
		name string
	}
	fields := []form.Field[wheel]{
		form.FieldOf("size", form.IntKind(1), func(w *wheel) *int { return &w.size }, "Its diameter.", 28).Must(),
		form.FieldOf("name", form.TextKind(), func(w *wheel) *string { return &w.name }, "What it is called.", "front"),
	}
	root, wrong := form.Parse("wheel.yaml", text)
	...
	r := &form.Reader{Expander: form.Expander{Lookup: os.LookupEnv}}
	var w wheel
	if !form.Object(r, root, "a wheel", fields, &w) || len(r.Errs) > 0 {
		return r.Errs[0] // wheel.yaml:2:1: unknown field of a wheel (did you mean size?), "sise"
	}

A Reader goes on after a mistake and collects them all. Every Error has its place and is one line that is made here; what a
variable held, and what looks like a connection string, is not shown in it.
*/
package form
