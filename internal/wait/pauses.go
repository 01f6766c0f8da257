package wait

import (
	"math/rand/v2"
	"time"
)

// Pauses are the pauses between tries: each is half as long again as the one before.
type Pauses struct {
	First, Last time.Duration
	Random      func() float64 // gives numbers in [0, 1); nil: math/rand

	next time.Duration
}

// Next is the next pause: between one and one and a quarter of what is due, so that two who wait do not meet again and again.
func (p *Pauses) Next() time.Duration {
	if p.next == 0 {
		p.next = p.First
	}
	random := p.Random
	if random == nil {
		random = rand.Float64
	}
	d := time.Duration(float64(p.next) * (1 + random()/4))
	p.next = min(p.next*3/2, p.Last)
	return d
}
