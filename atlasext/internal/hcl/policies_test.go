package hcl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zclconf/go-cty/cty"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

func written(t *testing.T, lifecycle string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "schema.hcl")
	text := `schema "public" {}
table "events" {
  schema = schema.public
  column "at" {
    type = timestamptz
  }
  index "i" {
    on {
      column = column.at
      ops    = timestamptz_ops
    }
  }
  partition {
    type    = RANGE
    columns = [column.at]
` + lifecycle + `
  }
}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	file := written(t, `    lifecycle {
      every      = "1 month"
      ahead      = var.ahead
      drop_after = 0
      timezone   = "Europe/Berlin"
      leaf {
        storage = { fillfactor = 90 }
      }
    }
  }
}
variable "ahead" {
  type = number
}
locals {
  unused = 1
}
table "plain" {
  schema = schema.public
  column "id" {
    type = int`)
	tables, err := Policies([]string{file}, map[string]cty.Value{"ahead": cty.NumberIntVal(3)})
	is.NoErr(err)
	is.Equal(len(tables), 1)
	p := tables[0].Policy
	is.Equal(tables[0].Name, catalog.Name{Schema: "public", Table: "events"})
	is.Equal(tables[0].Place.Line, 16)
	is.Equal(p.Every.Months, 1)
	is.Equal(p.Ahead.Windows, 3)
	is.True(p.DropAfter.Set)
	is.Equal(p.Zone.String(), "Europe/Berlin")
	is.Equal(p.Leaf.Storage["fillfactor"], "90")
}

// Whatever is wrong is told with its file and line.
func TestPolicyIsStrict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ lines, says string }{
		"unknown attribute": {"      evry = \"1 day\"", ":17:7: unknown field of lifecycle (did you mean every?), \"evry\""},
		"unknown block":     {"      every = \"1 day\"\n      wthin {\n      }", ":18:7: unknown field of lifecycle (did you mean within?), \"wthin\""},
		"wrong unit":        {"      every = \"1 fortnight\"", ":17:7: every: is no length"},
		"wrong type":        {"      every = [\"1 day\"]", ":17:7: every: must be a width, not a list"},
		"reference":         {"      every = schema.public", ":17:7: every: "},
		"keep of nothing":   {"      every = \"1 day\"\n      keep = 0", ":18:7: keep: "},
		"two blocks":        {"      every = \"1 day\"\n    }\n    lifecycle {\n      every = \"1 day\"", ":19:5: the table has its policy at "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := written(t, "    lifecycle {\n"+c.lines+"\n    }")
			_, err := Policies([]string{file}, nil)
			if err == nil || !strings.Contains(err.Error(), file+c.says) {
				t.Errorf("%v\ndoes not say %s", err, c.says)
			}
		})
	}
}
