package period

import "time"

// Finest is the name of a bridge: a partition that begins where no window of the grid does. It is like the default names
// and as fine as it must be to tell the start apart: a day where at is a midnight in zone, else an hour, else a minute.
// A nil zone is UTC.
func Finest(table string, at Point, zone *time.Location) string {
	text := "{table}__{yyyy}_{mm}_{dd}_{hh}{mi}"
	switch {
	case at.kind == id:
		text = "{table}__{start}"
	case at.kind != instant:
		return table + "__" + at.String()
	case midnight(dayOf(at.n, zone), zone) == at:
		text = "{table}__{yyyy}_{mm}_{dd}"
	case floorMod(wallOf(at.n, zone), 60*minute) == 0:
		text = "{table}__{yyyy}_{mm}_{dd}_{hh}"
	}
	pieces, _ := parsePieces(text)
	return Pattern{pieces: pieces, zone: orUTC(zone)}.Name(table, Window{From: at})
}
