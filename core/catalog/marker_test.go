package catalog

import (
	"strings"
	"testing"
	"time"
)

const written = `pg-partsmith:orphan-parent=public."My.Events"
pg-partsmith:detached-at=2026-08-01T00:00:00+00:00
partsmith:oid=16400/16384 bound=FOR VALUES FROM ('2026-05-01') TO ('2026-05-02')
what it was for
and for whom`

func TestMarker(t *testing.T) {
	t.Parallel()
	want := Marker{Parent: Name{"public", "My.Events"}, DetachedAt: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), OID: 16400, ParentOID: 16384,
		Bound: `FOR VALUES FROM ('2026-05-01') TO ('2026-05-02')`, Rest: "what it was for\nand for whom"}
	got, held := ParseMarker(written)
	if got == nil || *got != want || held {
		t.Fatalf("%+v, held %v", got, held)
	}
	if want.String() != written {
		t.Errorf("%s", want)
	}
	if crlf, _ := ParseMarker(strings.ReplaceAll(written, "\n", "\r\n")); crlf == nil || crlf.Bound != want.Bound || crlf.Parent != want.Parent {
		t.Errorf("with CRLF: %+v", crlf)
	}
	if Strip(written) != want.Rest || Strip(written+"") != want.Rest || Strip("else") != "else" {
		t.Error("strip")
	}
	twice := want
	twice.Rest = want.String()
	if Strip(twice.String()) != want.Rest {
		t.Errorf("two markers: %q", Strip(twice.String()))
	}
}

func TestMarker_of_the_other_tool(t *testing.T) {
	t.Parallel()
	m, _ := ParseMarker("pg-partsmith:orphan-parent=public.events\npg-partsmith:detached-at=2026-08-01T00:00:00.250000+00:00")
	if m == nil || m.OID != 0 || m.Bound != "" || m.DetachedAt.Nanosecond() != 250e6 {
		t.Fatalf("%+v", m)
	}
	if again, _ := ParseMarker(m.String()); *again != *m {
		t.Errorf("%+v", again)
	}
}

func TestMarker_lines_in_quotes(t *testing.T) {
	t.Parallel()
	want := Marker{Parent: Name{"a\nb", `it's "x"`}, DetachedAt: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), OID: 1, ParentOID: 2,
		Bound: "FOR VALUES IN ('two\nlines', 'it''s', '\"')", Rest: "rest"}
	if got, _ := ParseMarker(want.String()); got == nil || *got != want {
		t.Errorf("%+v", got)
	}
}

func TestMarker_damaged_is_none(t *testing.T) {
	t.Parallel()
	for _, comment := range []string{
		"", "partsmith", " " + written, "x\n" + written, "pg-partsmith:orphan-parent=public.events",
		strings.Replace(written, "2026-08-01T", "2026-08-32T", 1),
		strings.Replace(written, "+00:00", "", 1),
		strings.Replace(written, "16400/16384", "16400", 1),
		strings.Replace(written, "16400/", "99999999999/", 1),
		strings.Replace(written, "bound=FOR", "bond=FOR", 1),
		strings.Replace(written, `public."My.Events"`, `public.My Events`, 1),
		strings.Replace(written, "detached-at", "attached-at", 1),
	} {
		if m, _ := ParseMarker(comment); m != nil {
			t.Errorf("%q: %+v", comment, m)
		}
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	for comment, want := range map[string]bool{
		"partsmith:hold": true, "a\n  partsmith:hold \r\nb": true, written + "\npartsmith:hold": true, "partsmith:hold until the audit": true,
		"partsmith:holder": false, "see partsmith:hold": false, "": false, written: false,
	} {
		if _, held := ParseMarker(comment); held != want {
			t.Errorf("%q: %v", comment, held)
		}
	}
}

func FuzzMarker(f *testing.F) {
	f.Add(written)
	f.Add(strings.ReplaceAll(written, "\n", "\r\n"))
	f.Add("pg-partsmith:orphan-parent=a\npg-partsmith:detached-at=0000-01-01T00:00:00-01:00\n\npartsmith:oid=")
	f.Fuzz(func(t *testing.T, comment string) {
		m, held := ParseMarker(comment)
		if m == nil {
			return
		}
		again, stillHeld := ParseMarker(m.String())
		if again == nil || *again != *m {
			t.Fatalf("%q is read %+v, written %q and read %+v", comment, m, m.String(), again)
		}
		if held && !stillHeld && strings.Contains(m.Rest, "partsmith:hold") && isHeld(m.Rest) {
			t.Fatalf("%q lost its hold", comment)
		}
	})
}
