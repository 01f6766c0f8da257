package form_test

import (
	"fmt"

	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

type wheel struct {
	size int
	name string
}

func fields() []form.Field[wheel] {
	return []form.Field[wheel]{
		form.FieldOf("size", form.IntKind(1), func(w *wheel) *int { return &w.size }, "Its diameter.", 28).Must(),
		form.FieldOf("name", form.TextKind(), func(w *wheel) *string { return &w.name }, "What it is called.", "front"),
	}
}

func Example() {
	for _, text := range []string{"size: 28\nname: ${SIDE}\n", "sise: 28\nname: [a]\n", "size: [\n"} {
		root, wrong := form.Parse("wheel.yaml", []byte(text))
		if wrong != nil {
			fmt.Println(wrong)
			continue
		}
		r := &form.Reader{Expander: form.Expander{Lookup: func(string) (string, bool) { return "front", true }}}
		var w wheel
		if form.Object(r, root, "a wheel", fields(), &w); len(r.Errs) == 0 {
			fmt.Println(w.size, w.name)
		}
		for _, wrong := range r.Errs {
			fmt.Println(wrong)
		}
	}
	// Output:
	// 28 front
	// wheel.yaml:1:1: unknown field of a wheel (did you mean size?), "sise"
	// wheel.yaml:2:7: name: must be text, not a list
	// wheel.yaml:1:1: a wheel has no `size`
	// wheel.yaml:1:7: a list that begins with [ has no ]
}
