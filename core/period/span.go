package period

import "time"

// Span is a length along the axis: of a window (`1 day`), of a horizon (`14 days`, `4` windows, `5000000 ids`).
// Months, Days and Exact may stand together, as in PostgreSQL's interval; Windows and IDs stand alone.
// The zero Span is absent; a Span that was given as nothing (`0`) has Set and no length.
type Span struct {
	Months  int
	Days    int
	Exact   time.Duration
	IDs     int64
	Windows int
	Set     bool
}
