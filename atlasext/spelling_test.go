package atlasext_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// keyed are keys as a person writes them. PostgreSQL prints them in another spelling.
var keyed = []struct{ kind, by string }{
	{"RANGE", `by { expr = "b * (a % 2)" }`},
	{"RANGE", "by {\n column = column.a\n }\n by {\n expr = \"(b % 10)\"\n }"},
	{"RANGE", `by { expr = "date_trunc('day', made at time zone 'UTC')" }`},
	{"RANGE", `by { expr = "made at time zone 'UTC'" }`},
	{"LIST", `by { expr = "lower(region)" }`},
	{"LIST", `by { expr = "region::varchar" }`},
	{"HASH", `by { expr = "cast(a as text)" }`},
	{"HASH", `by { column = column.tags }`},
	{"HASH", `by { column = column.words }`},
	{"HASH", `by { expr = "tags::varchar[]" }`},
}

func keyedHCL(kind, by string) string {
	return fmt.Sprintf(`
schema "$ns" {}
table "keyed" {
  schema = schema.$ns
  column "a" {
    type = int
  }
  column "b" {
    type = int
  }
  column "made" {
    type = timestamptz
  }
  column "region" {
    type = text
  }
  column "tags" {
    type = sql("text[]")
  }
  column "words" {
    type = sql("character varying(10)[]")
  }
  partition {
    type = %s
    %s
  }
}
`, kind, by)
}

// A key compares equal to itself, in whatever spelling, with a dev database and without.
func TestKeysCompareEqualToThemselves(t *testing.T) {
	for i, key := range keyed {
		for _, helped := range []bool{true, false} {
			t.Run(fmt.Sprint(i, key.kind, helped), func(t *testing.T) {
				inWorlds(t, func(w *world) {
					r := w.runner(keyedHCL(key.kind, key.by), "")
					if helped {
						_, s := w.dev(w.source(keyedHCL(key.kind, key.by), ".hcl"))
						desired, err := s.Read(w.T.Context())
						w.NoErr(err)
						r.Desired = desired
					}
					w.run(r)
					made := w.text("select '$ns.keyed'::regclass::oid")
					r.Allow = append(r.Allow, atlasext.Allowed{Guard: atlasext.Recreate, Table: catalog.Name{Schema: w.schema, Table: "keyed"}}) // nothing may hang on that
					w.run(r)
					w.Equal(w.text("select '$ns.keyed'::regclass::oid"), made)
				})
			})
		}
	}
}

// Another key is another one.
func TestOtherKeysAreChanges(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.run(w.runner(keyedHCL("RANGE", `by { expr = "b * (a % 2)" }`), ""))
		for _, by := range []string{`by { expr = "b * (a % 3)" }`, `by { expr = "b + (a % 2)" }`, `by { column = column.b }`} {
			p := w.plan(w.runner(keyedHCL("RANGE", by), ""))
			w.Equal(len(p.Guards), 1)
			w.Equal(p.Guards[0].Guard, atlasext.Recreate)
		}
	})
}

// What a person writes otherwise than PostgreSQL prints it is as desired, and is not made anew by every run.
func TestExpressionsCompareEqualToThemselves(t *testing.T) {
	const body = `
schema "$ns" {}
table "keyed" {
  schema = schema.$ns
  column "id" {
    type = int
  }
  column "name" {
    type = text
  }
  column "twice" {
    type = int
    as {
      expr = "id*2"
      type = STORED
    }
  }
  column "other" {
    type = text
    default = sql("lower('X')||'y'")
  }
  check "some" {
    expr = "id in (1,2,3) and name <> ''"
  }
  index "by_lower" {
    on {
      expr = "lower(name)||'x'"
    }
    where = "id>7 and name='a'"
  }
}
`
	inWorlds(t, func(w *world) {
		w.run(w.runner(body, ""))
		index := w.text("select '$ns.by_lower'::regclass::oid")
		w.run(w.runner(body, ""))
		w.Equal(w.text("select '$ns.by_lower'::regclass::oid"), index)
		for from, to := range map[string]string{"(1,2,3)": "(1,2,4)", "id>7": "id>8", "||'x'": "||'z'"} {
			if p := w.plan(w.runner(strings.Replace(body, from, to, 1), "")); len(p.Changes) == 0 {
				w.T.Errorf("%s: no change is planned", to)
			}
		}
	})
}

// What still differs afterwards is told, as it would with the stock command in the next plan, and fails strict runs alone.
func TestWhatStillDiffersIsAWarning(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.exec(eventsSQL)
		w.attachDays("2054-01-01", 2)
		r := w.runner(eventsHCL("index \"odd\" {\n on {\n expr = \"id\"\n }\n }", `lifecycle {
      every = "1 day"
      ahead = 2
      keep  = 3
    }`), "2054-01-11T12:00:00Z")
		report, err := w.try(r)
		w.NoErr(err)
		told := 0
		for _, f := range report.Plan.Findings {
			if f.Code == "still_differs" && f.Severity == lifecycle.Warning && strings.Contains(f.Message, "\"odd\"") && strings.Contains(f.Remedy, "--dev-url") {
				told++
			}
		}
		w.Equal(told, 1)
		w.Equal(w.partitions("events"), "2") // the expired ones are gone
		r.Strict = true
		_, err = w.try(r)
		w.True(errors.Is(err, atlasext.ErrNotConverged))
	})
}
