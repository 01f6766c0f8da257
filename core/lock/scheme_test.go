package lock

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

func TestSchemesAndTheirKeys(t *testing.T) {
	t.Parallel()
	shop := Place{Database: "shop", Schema: "public", Tables: []string{"public.events", "public.clicks", "public.events"}}
	for text, want := range map[string][]Key{
		"":                            {4097083626},
		"goose":                       {4097083626},
		"goose-3.25":                  {5887940537704921958},
		"atlas":                       {2686470616},
		"tern":                        {9628173550095224},
		"name:nightly":                {AtlasKey("nightly")},
		"name:a:b":                    {AtlasKey("a:b")},
		"id:-7":                       {-7},
		"none":                        nil,
		"golang-migrate":              {GolangMigrateKey("public", "schema_migrations", "shop"), GolangMigrateKey("public", "schema_migrations", "/shop")},
		"golang-migrate:ops.versions": {GolangMigrateKey("ops", "versions", "shop"), GolangMigrateKey("ops", "versions", "/shop")},
		"pg-partsmith":                {PartsmithKey("public.clicks"), PartsmithKey("public.events")},
	} {
		t.Run(text, func(t *testing.T) {
			is := is.New(t)
			scheme, err := ParseScheme(text)
			is.NoErr(err)
			keys := scheme.Keys(shop)
			slices.Sort(want)
			is.Equal(keys, want) // ascending, each once
			again, err := ParseScheme(scheme.String())
			is.NoErr(err)
			is.Equal(again.Keys(shop), keys)
		})
	}
}

func TestWrongSchemesAreRefused(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		"flyway":           "there is goose, goose-3.25, atlas",
		"Goose":            "there is goose",
		"goose:1":          "there is goose",
		"name:":            "a name must stand",
		"id:x":             "an integer of 64 bits",
		"id:":              "an integer of 64 bits",
		"golang-migrate:x": "<schema>.<table>",
		"golang-migrate:.": "<schema>.<table>",
	} {
		t.Run(text, func(t *testing.T) {
			is := is.New(t)
			_, err := ParseScheme(text)
			var wrong *SchemeError
			is.True(errors.As(err, &wrong))
			is.True(strings.Contains(err.Error(), part))
			is.True(strings.Contains(err.Error(), `"`+text+`"`))
		})
	}
}

func TestOnlyNoneHasNoLock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	none, err := ParseScheme("none")
	is.NoErr(err)
	is.True(none.None())
	is.Equal(none.Locker(), None{})
	is.True(!Scheme{}.None()) // the zero scheme is goose's
}

func TestPausesStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	at := func(r float64) time.Duration { return Polling{Random: func() float64 { return r }}.pause() }
	is.Equal(at(0), 100*time.Millisecond)
	is.Equal(at(0.5), 200*time.Millisecond)
	is.True(at(0.999999) < 300*time.Millisecond)
	seen := map[time.Duration]bool{}
	for range 50 {
		pause := Polling{}.pause()
		is.True(pause >= 100*time.Millisecond && pause < 300*time.Millisecond)
		seen[pause] = true
	}
	is.True(len(seen) > 1) // waiting sessions do not ask in step
}
