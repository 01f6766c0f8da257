package goosecli

import (
	"strings"
	"testing"
)

// Goose's command and ours say the same, end alike, and leave the same versions and tables.
func matched(t *testing.T, programs programs) {
	late := map[string]string{"00004_late.sql": migration("create table late ();", "drop table late;")}
	missing := map[string]string{"00003_missing.sql": migration("create table missing ();", "drop table missing;")}
	for name, steps := range map[string][]step{
		"up and nothing to do": {{args: "status"}, {args: "version"}, {args: "up"}, {args: "up"}, {args: "up-by-one", code: 1}, {args: "up-to 1"},
			{args: "status"}, {args: "version"}},
		"fresh with nothing":    {{args: "up-to 0", code: 1}, {args: "down", code: 1}, {args: "down-to 0"}, {args: "reset"}, {args: "redo", code: 1}},
		"reset of nothing":      {{args: "reset", code: 1}},
		"one by one":            {{args: "up-by-one"}, {args: "version"}, {args: "up-by-one"}, {args: "up-by-one", code: 1}},
		"up to and down to":     {{args: "up-to 1"}, {args: "up-to 7"}, {args: "down-to 1"}, {args: "down-to 1"}, {args: "up"}, {args: "down"}, {args: "status"}},
		"redo and reset":        {{args: "up"}, {args: "redo"}, {args: "down"}, {args: "redo"}, {args: "reset"}, {args: "status"}, {args: "up"}},
		"failure in the midst":  {{args: "up", code: 1, more: map[string]string{"00003_bad.sql": migration("select nope;", ""), "00004_not.sql": migration("select 1;", "")}}, {args: "status"}, {args: "version"}, {args: "up", code: 1}},
		"failure of a parse":    {{args: "up", code: 1, more: map[string]string{"00003_bad.sql": "select 1;"}}, {args: "version"}},
		"left out":              {{args: "up", more: late}, {args: "up", code: 1, more: missing}, {args: "up-by-one", code: 1}, {args: "status"}, {args: "up-to 2"}, {args: "-allow-missing up"}, {args: "up"}, {args: "version"}, {args: "down"}, {args: "down", code: 0}},
		"an empty one":          {{args: "up", more: map[string]string{"00003_empty.sql": "-- +goose Up\n-- +goose Down\n"}}, {args: "down"}},
		"without transaction":   {{args: "up", more: map[string]string{"00003_index.sql": "-- +goose NO TRANSACTION\n" + migration("create index concurrently on people (name);", "")}}},
		"no versioning":         {{args: "-no-versioning up"}, {args: "-no-versioning version"}, {args: "-no-versioning status"}, {args: "-no-versioning up", code: 1}, {args: "-no-versioning down"}, {args: "-no-versioning up-by-one", code: 1}, {args: "-no-versioning reset", code: 1}},
		"verbose":               {{args: "-v up"}, {args: "down -v -no-color"}, {args: "-v status", env: []string{"NO_COLOR=1"}}},
		"another table":         {{args: "-table versions up"}, {args: "version", env: []string{"GOOSE_TABLE=versions"}}, {args: "--table=versions status"}},
		"a Go file beyond":      {{args: "up-to 2", more: map[string]string{"00003_code.go": "package x"}}, {args: "status"}, {args: "version"}, {args: "up", code: 1}, {args: "up-by-one", code: 1}, {args: "redo"}, {args: "reset"}},
		"a name without number": {{args: "up", code: 1, more: map[string]string{"people.sql": "select 1;"}}, {args: "status", code: 1}},
		"no folder":             {{args: "-dir nowhere up", code: 1}, {args: "-dir nowhere status", code: 1}, {args: "-dir nowhere version"}, {args: "-dir nowhere down", code: 1}},
		"by variables":          {{args: "up", env: []string{"GOOSE_MIGRATION_DIR=elsewhere"}, code: 1}, {args: "up -dir migrations", env: []string{"GOOSE_MIGRATION_DIR=elsewhere"}}},
		"time is over":          {{args: "-timeout 1ns up", code: 1}, {args: "up -timeout 1m"}},
		"a file has gone":       {{args: "up", more: late}, {args: "down", code: 1, more: map[string]string{"00004_late.sql": ""}}, {args: "down-to 0", code: 1}, {args: "redo", code: 1}, {args: "status"}, {args: "up"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			goose, ours := newDeploy(t, programs.goose), newDeploy(t, programs.ours)
			for _, s := range steps {
				want, code := goose.run(s)
				got, same := ours.run(s)
				if code != s.code || same != code {
					t.Errorf("%s: goose ends with %d, ours with %d, expected %d", s.args, code, same, s.code)
				}
				if !strings.HasPrefix(got, want) {
					t.Errorf("%s: goose says\n%s\nours\n%s", s.args, want, got)
				}
				for _, query := range []string{history + "goose_db_version", history + "versions", tables} {
					if a, b := goose.answer(query), ours.answer(query); a != b {
						t.Errorf("%s: after goose %s\nafter ours %s", s.args, a, b)
					}
				}
			}
		})
	}
}
