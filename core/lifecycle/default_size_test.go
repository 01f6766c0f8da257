package lifecycle

import (
	"testing"

	"github.com/matryer/is"
)

// A finding writes a size as the page does on which it stands: in units of 1000.
func TestSizesInFindingsAreThoseOfThePage(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for want, bytes := range map[string]int64{"0 bytes": 0, "1 byte": 1, "999 bytes": 999, "8.2 kB": 8192, "1.0 MB": 999_600,
		"311 MB": 38_000 * blockSize, "10 GB": 9_960_000_000, "3.0 TB": 3_000_000_000_000, "2.0 PB": 2_000_000_000_000_000} {
		is.Equal(bytesText(bytes), want)
	}
}
