package period_test

import (
	"testing"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// Each is what the words say.
func TestLengths(t *testing.T) {
	t.Parallel()
	for words, span := range map[string]period.Span{
		"15 minutes": period.Minutes(15), "6 hours": period.Hours(6), "1 day": period.Days(1), "2 weeks": period.Weeks(2),
		"1 month": period.Months(1), "2 quarters": period.Quarters(2), "5 years": period.Years(5), "4": period.Windows(4),
		"5000000 ids": period.IDs(5_000_000), "0": period.Days(0),
	} {
		if read, err := period.ParseSpan(words); err != nil || read != span {
			t.Errorf("%q is %+v (%v), expected %+v", words, read, err, span)
		}
	}
}
