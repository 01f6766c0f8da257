package period_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/period"
)

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, every, at, want string }{
		{"{table}_{yy}{mm}{dd}", "1 day", "2026-11-05T10:00:00Z", "t_261105"},
		{"{table}_{yyyy}_{m}_{d}", "1 day", "2026-01-05T10:00:00Z", "t_2026_1_5"},
		{"{table}_{yyyy}{mon}{dd}", "1 day", "2026-11-05T10:00:00Z", "t_2026nov05"},
		{"{table}_{iyyy}w{ww}", "1 week", "2027-01-01T10:00:00Z", "t_2026w53"},
		{"{table}_{i}{ww}", "1 week", "2027-01-01T10:00:00Z", "t_653"},
		{"{table}_{yyyy}h{half}", "6 months", "2026-07-01T10:00:00Z", "t_2026h2"},
		{"{table}_{yyyy}q{q}", "1 quarter", "2026-07-01T10:00:00Z", "t_2026q3"},
		{"{table}_{epoch}", "1 day", "2026-11-20T10:00:00Z", "t_1795132800"},
		{"{table}_{epoch}", "1 day", "1969-12-31T10:00:00Z", "t_m86400"},
		{"{table}_{to_epoch}", "1 hour", "2026-11-20T10:20:00Z", "t_1795172400"},
		{"{table}_{to_yyyy}_{to_mm}_{to_dd}_{to_hh}{to_mi}", "1 hour", "2026-11-20T23:20:00Z", "t_2026_11_21_0000"},
		{"{table}_{yyyy}{mm}{dd}_{last_yyyy}{last_mm}{last_dd}", "1 week", "2026-12-31T10:00:00Z", "t_20261228_20270103"},
		{"{table}_{last_iyyy}w{last_ww}", "1 week", "2026-12-31T10:00:00Z", "t_2026w53"},
		{"{table}_{last_yy}{last_mon}{last_d}", "1 month", "2028-02-10T10:00:00Z", "t_28feb29"},
		{"{table}_{to_iyyy}w{to_ww}", "1 week", "2026-12-31T10:00:00Z", "t_2027w01"},
		{"{table}_{start}_{end}", "100 ids", "", "t_m100_0"},
	} {
		g := grid(t, test.every, "UTC")
		w := g.At(period.ID(-1))
		if test.at != "" {
			w = g.At(at(t, test.at))
		}
		p := pattern(t, test.text, g)
		if got := p.Name("t", w); got != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
		if back, ok := p.Parse("t", test.want); back != w && !strings.Contains(test.text, "{i}") || ok != !strings.Contains(test.text, "{i}") {
			t.Errorf("%s: %s is the name of %s, want %s", test.text, test.want, back, w)
		}
	}
}

func TestPlaceholdersThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, every, want string }{
		{"{table}_{yyyy}_{m}{d}", "1 day", "{m} and {d} run into one another"},
		{"{table}_{yyyy}{m}", "1 month", "run into one another"},
		{"{table}_{m}{yyyy}", "1 month", "run into one another"},
		{"{table}_{start}{end}", "10 ids", "run into one another"},
		{"{table}_{start}0{end}", "10 ids", "run into one another"},
		{"{end}_{end}", "10 ids", "only once"},
		{"{table}_{yyyy}_h{half}", "1 quarter", "two windows"},
		{"{table}_{yyyy}_{last_mm}_{dd}", "1 day", "neither"},
		{"{table}_{last_hh}", "1 day", "{to_hh}"},
		{"{table}_{last_epoch}", "1 day", "{to_epoch}"},
		{"{table}_{to_start}", "1 day", "{to_start}"},
		{"{table}_{to_table}", "1 day", "{to_table}"},
		{"{table}_{to_n}", "1 day", "says nothing"},
		{"{table}_{nn}", "1 day", "says nothing"},
		{"{table}_{end}", "1 day", "windows of ids"},
		{"{table}_{epoch}", "10 ids", "windows of time"},
	} {
		_, err := period.ParsePattern(test.text, grid(t, test.every, "UTC"), nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s for %s: %v, want %q", test.text, test.every, err, test.want)
		}
	}
}

// TestEveryPlaceholderIsReadBack holds that names are read back, for every placeholder beside a start that tells windows
// apart and where it stands alone with a year, in every unit and in zones with odd midnights.
func TestEveryPlaceholderIsReadBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	random := rand.New(rand.NewPCG(3, 4))
	parts := strings.Fields("yyyy yy mm m mon dd d hh mi iyyy i ww q half epoch last_yyyy last_yy last_mm last_m last_mon last_dd last_d " +
		"last_iyyy last_i last_ww last_q last_half to_yyyy to_yy to_mm to_m to_mon to_dd to_d to_hh to_mi to_iyyy to_i to_ww to_q to_half to_epoch")
	checked := map[string]int{}
	for _, every := range []string{"15 minutes", "1 hour", "1 day", "1 week", "10 days", "1 month", "1 quarter", "6 months", "1 year"} {
		for _, name := range []string{"UTC", "America/Havana", "Pacific/Apia"} {
			if name != "UTC" && strings.ContainsAny(every, "u") && every != "1 quarter" {
				continue // minutes and hours are absolute
			}
			g := grid(t, every, name)
			for _, part := range parts {
				for _, text := range []string{g.Pattern() + "_{" + part + "}", "{table}_{yyyy}_{" + part + "}", "{last_yyyy}_{last_mm}_{" + part + "}", "{to_iyyy}_{to_ww}_{" + part + "}", "{" + part + "}"} {
					p, err := period.ParsePattern(text, g, g.Zone)
					if err != nil {
						continue
					}
					for range 20 {
						w := g.At(period.Instant(time.Unix(random.Int64N(99*365*86400), 0))) // 1970 to 2068
						back, ok := p.Parse("t", p.Name("t", w))
						if text == "{"+part+"}" && strings.HasSuffix(part, "i") && part != "mi" && part != "to_mi" {
							is.True(!ok)
						} else if !ok || back != w {
							t.Fatalf("%s of %s in %s names %s %q, which is the name of %s", text, every, name, w, p.Name("t", w), back)
						}
						checked[part]++
					}
				}
			}
		}
	}
	for _, part := range parts {
		is.True(checked[part] > 100)
	}
}
