package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Name{
		`events`:                            {Table: "events"},
		`public.events`:                     {"public", "events"},
		` Public . Events `:                 {"public", "events"},
		`"Public"."My.Events"`:              {"Public", "My.Events"},
		`"a""b".c`:                          {`a"b`, "c"},
		`Größe.ÄRGER`:                       {"größe", "Ärger"},
		`order`:                             {Table: "order"},
		"\"two\nlines\"":                    {Table: "two\nlines"},
		`_x$1`:                              {Table: "_x$1"},
		`"` + strings.Repeat("ü", 40) + `"`: {Table: strings.Repeat("ü", 40)},
	} {
		got, err := ParseName(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestParseName_refuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, ` `, `.`, `a.`, `.a`, `a.b.c`, `a b`, `"a`, `""`, `a-b`, `1a`, `"a"b`, `a;drop`, "a\x00", "\"\x00\""} {
		if got, err := ParseName(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestName_Valid(t *testing.T) {
	t.Parallel()
	for _, n := range []Name{{}, {Schema: "s"}, {Table: strings.Repeat("ü", 32)}, {Schema: strings.Repeat("x", 64), Table: "t"}, {Table: "a\x00"}} {
		if n.Valid() == nil {
			t.Errorf("%+v is valid", n)
		}
	}
	if err := (Name{Table: strings.Repeat("x", 63)}).Valid(); err != nil {
		t.Error(err)
	}
}

func TestServer_Check(t *testing.T) {
	t.Parallel()
	var old ServerTooOldError
	if err := (Server{Version: 130012}).Check(); !errors.As(err, &old) || !strings.Contains(err.Error(), "PostgreSQL 13,") {
		t.Error(err)
	}
	if err := (Server{Version: 90624}).Check(); !strings.Contains(err.Error(), "PostgreSQL 9.6,") {
		t.Error(err)
	}
	if err := (Server{Version: 180004, Recovery: true}).CheckReading(); err != nil {
		t.Errorf("a standby cannot be read: %v", err)
	}
	var standby StandbyError
	if err := (Server{Version: 180004, Recovery: true}).Check(); !errors.As(err, &standby) {
		t.Error(err)
	}
	if err := (Server{Version: 190001}).Check(); err != nil {
		t.Error(err)
	}
}

func FuzzName(f *testing.F) {
	f.Add("public", "events")
	f.Add("", `a"b.c`)
	f.Add("Größe", "select")
	f.Fuzz(func(t *testing.T, schema, table string) {
		n := Name{schema, table}
		if table == "" || strings.ContainsRune(schema+table, 0) {
			return
		}
		if got, err := ParseName(n.String()); err != nil || got != n {
			t.Fatalf("%+v is written %s and read %+v, %v", n, n, got, err)
		}
	})
}

func FuzzParseName(f *testing.F) {
	f.Add(`"Public" . x`)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseName(text)
		if err != nil {
			return
		}
		if got, err := ParseName(n.String()); err != nil || got != n {
			t.Fatalf("%q is read %+v, written %s and read %+v, %v", text, n, n, got, err)
		}
	})
}
