package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/matryer/is"
)

// A number that may be nanoseconds or seconds tells nobody how long something took.
func TestDurationsInLogsHaveAUnit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for format, want := range map[string]string{"text": "took=1.234568s", "json": `"took":"1.234568s"`} {
		var said bytes.Buffer
		log, err := shell{raw: &said}.logger("info", format)
		is.NoErr(err)
		log.Info("operation done", "took", 1234567890*time.Nanosecond)
		is.True(bytes.Contains(said.Bytes(), []byte(want)))
		if format == "json" {
			is.True(json.Valid(said.Bytes()))
		}
	}
}
