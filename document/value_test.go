package document

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/period"
)

func fieldAt(line int, name string, value Value) Field {
	return Field{Name: name, Place: Place{File: "schema.hcl", Line: line, Col: 7}, Value: value}
}

func textAt(line int, text string) Value {
	return Text(Place{File: "schema.hcl", Line: line, Col: 15}, text)
}

func TestReadPolicy(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	events := catalog.Name{Schema: "public", Table: "events"}
	p, err := ReadPolicy(events, Map(Place{File: "schema.hcl", Line: 3, Col: 5},
		fieldAt(4, "every", textAt(4, "1 day")),
		fieldAt(5, "leaf", Map(Place{}, fieldAt(6, "storage", Map(Place{}, fieldAt(6, "fillfactor", textAt(6, "90")))))),
		fieldAt(7, "name", textAt(7, "{table}_{yyyy}{mm}{dd}"))))
	is.NoErr(err)
	is.Equal(p.Every, period.Span{Days: 1, Set: true})
	is.Equal(p.Leaf.Storage["fillfactor"], "90")
	p, err = ReadPolicy(events, Map(Place{}, fieldAt(4, "every", textAt(4, "1 day")), fieldAt(5, "timezone", textAt(5, "${ZONE}"))))
	is.True(err != nil) // it is the other format that has variables, or has none
	is.True(p.Every.IsZero())
}

// Whatever is wrong has the place that it was given.
func TestReadPolicyIsStrict(t *testing.T) {
	t.Parallel()
	whole := Place{File: "schema.hcl", Line: 3, Col: 5}
	for want, fields := range map[string]Value{
		`schema.hcl:4:7: unknown field of lifecycle (did you mean every?), "evry"`:              Map(whole, fieldAt(4, "evry", textAt(4, "1 day"))),
		`schema.hcl:3:5: every: is missing: the width of a partition, for example ` + "`1 day`": Map(whole),
		`schema.hcl:4:15: every: must be a width, not a list`:                                   Map(whole, fieldAt(4, "every", List(Place{File: "schema.hcl", Line: 4, Col: 15}))),
		`schema.hcl:4:7: has no value, "every"`:                                                 Map(whole, fieldAt(4, "every", Value{})),
		`schema.hcl:3:5: lifecycle must be a map of fields, "x"`:                                Text(whole, "x"),
		`lifecycle must be a map of fields, not nothing`:                                        {},
	} {
		_, err := ReadPolicy(catalog.Name{Table: "events"}, fields)
		var all Errors
		if !errors.As(err, &all) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}
