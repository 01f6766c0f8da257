package blocker

import "time"

// Sightings are transactions whose age the server hides from most roles. One that was there at the first look may be of any age;
// one that came later is no older than since then. The zero value has seen nobody.
type Sightings struct {
	first time.Time
	since map[string]time.Time // zero: it was there at the first look
}

// Look remembers who is there now, and forgets who is not.
func (s *Sightings) Look(blockers []Blocker, now time.Time) {
	since := map[string]time.Time{}
	for _, b := range blockers {
		came := now
		if s.first.IsZero() {
			came = time.Time{}
		}
		if before, known := s.since[b.transaction]; known {
			came = before
		}
		since[b.transaction] = came
	}
	s.since = since
	if s.first.IsZero() {
		s.first = now
	}
}

// Old reports whether a transaction is, or may be, older than the limit.
func (s *Sightings) Old(b Blocker, limit time.Duration, now time.Time) bool {
	if !b.hidden {
		return b.Transaction > limit
	}
	since := s.since[b.transaction]
	return since.IsZero() || now.Sub(since) > limit
}
