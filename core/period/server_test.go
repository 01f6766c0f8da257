package period_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/core/period"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// A server may have another tz database than this program. Its offsets are asked for as well, well before and
// well after each instant in question, and only where both know the same ones are they compared.
const wellAway = 36 * time.Hour

func offsetAt(z *time.Location, t time.Time) int64 {
	_, offset := t.In(z).Zone()
	return int64(offset)
}

// compared fails a test that compared less than most of what it meant to.
func compared(t *testing.T, done, total int) {
	t.Helper()
	t.Logf("compared %d of %d", done, total)
	if done < total*8/10 {
		t.Errorf("compared %d of %d only: is the tz database of the server that old?", done, total)
	}
}

func TestServerAgreesOnMidnight(t *testing.T) {
	t.Parallel()
	conn := pgtest.New(t).Conn(t)
	known := serverZones(t, conn)
	var names []string
	var days []time.Time
	zones := distinctZones(t)
	for name, z := range zones {
		for _, change := range changes(z) {
			if y, m, d := change.Date(); known[name] {
				for n := -1; n <= 1; n++ {
					names, days = append(names, name), append(days, time.Date(y, m, d+n, 0, 0, 0, 0, time.UTC))
				}
			}
		}
	}
	rows, err := conn.QueryContext(t.Context(), `
		select n, extract(epoch from wall at time zone zone)::bigint,
		       extract(epoch from (wall at time zone 'UTC' - interval '36 hours') at time zone zone - (wall - interval '36 hours'))::bigint,
		       extract(epoch from (wall at time zone 'UTC' + interval '36 hours') at time zone zone - (wall + interval '36 hours'))::bigint
		from unnest($1::text[], $2::timestamp[]) with ordinality as days (zone, wall, n)`, names, days)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	done := 0
	for rows.Next() {
		var n, want, before, after int64
		if err := rows.Scan(&n, &want, &before, &after); err != nil {
			t.Fatal(err)
		}
		day, z := days[n-1], zones[names[n-1]]
		if offsetAt(z, day.Add(-wellAway)) != before || offsetAt(z, day.Add(wellAway)) != after {
			continue
		}
		done++
		if got := period.Midnight(day.Year(), day.Month(), day.Day(), z).Unix(); got != want {
			t.Errorf("%s in %s begins at %s, the server says %s", day.Format(time.DateOnly), z, time.Unix(got, 0).UTC(), time.Unix(want, 0).UTC())
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	compared(t, done, len(days))
}

func serverZones(t *testing.T, conn *sql.Conn) map[string]bool {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), `select name from pg_catalog.pg_timezone_names`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		known[name] = true
	}
	return known
}

// setTimeZone sets the session's zone.
func setTimeZone(t *testing.T, conn *sql.Conn, name string) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), `select set_config('TimeZone', $1, false)`, name); err != nil {
		t.Fatal(err)
	}
}

func TestServerAgreesOnIntervals(t *testing.T) {
	t.Parallel()
	conn := pgtest.New(t).Conn(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range oddZones() {
		setTimeZone(t, conn, name)
		agreeOnIntervals(t, conn, zone(t, name), random)
	}
}

func agreeOnIntervals(t *testing.T, conn *sql.Conn, z *time.Location, random *rand.Rand) {
	t.Helper()
	const total = 2000
	near := append(changes(z), time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC))
	var points []time.Time
	var spans []period.Span
	var intervals []string
	for range total {
		s := period.Span{Months: random.IntN(40), Days: random.IntN(70), Exact: time.Duration(random.IntN(1000)) * time.Minute, Set: true}
		if random.IntN(2) == 0 {
			s.Exact = 0
		}
		p := near[random.IntN(len(near))].Add(time.Duration(random.IntN(3)) * time.Hour)
		points = append(points, p.AddDate(0, -s.Months, -s.Days).UTC())
		spans, intervals = append(spans, s), append(intervals, s.String())
	}
	rows, err := conn.QueryContext(t.Context(), `
		with moved as (
			select n, p, p + i::interval as forward, p - i::interval as back
			from unnest($1::timestamptz[], $2::text[]) with ordinality as given (p, i, n))
		select n, extract(epoch from forward)::bigint, extract(epoch from back)::bigint,
		       (select array_agg(extract(timezone from i)::bigint order by o)::text
		        from unnest(array[p, forward - interval '36 hours', forward + interval '36 hours', back - interval '36 hours', back + interval '36 hours'])
		        with ordinality as around (i, o))
		from moved`, points, intervals)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	done := 0
	for rows.Next() {
		var n, forward, back int64
		var offsets string
		if err := rows.Scan(&n, &forward, &back, &offsets); err != nil {
			t.Fatal(err)
		}
		p, f, b := points[n-1], time.Unix(forward, 0), time.Unix(back, 0)
		if offsets != fmt.Sprintf("{%d,%d,%d,%d,%d}", offsetAt(z, p), offsetAt(z, f.Add(-wellAway)), offsetAt(z, f.Add(wellAway)),
			offsetAt(z, b.Add(-wellAway)), offsetAt(z, b.Add(wellAway))) {
			continue
		}
		done++
		if got := spans[n-1].Forward(period.Instant(p), z); got != period.Instant(f) {
			t.Errorf("%s + %s in %s is %s, the server says %s", p, intervals[n-1], z, got, f.UTC())
		}
		if got := spans[n-1].Back(period.Instant(p), z); got != period.Instant(b) {
			t.Errorf("%s - %s in %s is %s, the server says %s", p, intervals[n-1], z, got, b.UTC())
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	compared(t, done, total)
}

// TestServerReadsAndPrintsLiterals sends literals of every type to the server and reads what it prints, whatever its zone.
func TestServerReadsAndPrintsLiterals(t *testing.T) {
	t.Parallel()
	conn := pgtest.New(t).Conn(t)
	points := []period.Point{period.Low(), period.High(), at(t, "1970-01-01T00:00:00Z"), at(t, "2026-11-20T13:45:00.0625Z"),
		at(t, "1890-05-05T05:05:05.000001Z"), at(t, "9999-12-31T23:00:00Z"), at(t, "0001-01-01T00:00:00Z"),
		period.Instant(time.Date(-4712, 1, 2, 0, 0, 0, 0, time.UTC)), period.Instant(time.Date(294246, 12, 30, 0, 0, 0, 0, time.UTC)),
		period.Instant(time.Date(0, 2, 29, 0, 0, 0, 0, time.UTC)), period.Instant(time.Date(10000, 2, 29, 0, 0, 0, 0, time.UTC))}
	for _, name := range []string{"UTC", "Asia/Kolkata", "America/St_Johns", "America/Havana", "Africa/Monrovia", "Pacific/Apia"} {
		setTimeZone(t, conn, name)
		for _, columnType := range []string{"timestamp with time zone", "timestamp without time zone", "date"} {
			e, err := period.EncodingOf(columnType, "", zone(t, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range points {
				if !period.Fits(e, p) {
					continue
				}
				if got := printed(t, conn, columnType, e.Literal(p)); decoded(t, e, got) != p {
					t.Errorf("%s %s in %s: printed %s, read %s, want %s", columnType, e.Literal(p), name, got, decoded(t, e, got), p)
				}
			}
		}
	}
}

func printed(t *testing.T, conn *sql.Conn, columnType, literal string) (text string) {
	t.Helper()
	query := fmt.Sprintf("select cast('%s' as %s)::text", literal, columnType)
	if err := conn.QueryRowContext(context.Background(), query).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

func decoded(t *testing.T, e period.Encoding, text string) period.Point {
	t.Helper()
	p, err := e.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
