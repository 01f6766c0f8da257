package fault_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/integration/fault"
)

// each tries a fault at so many points of a run, drawn by chance, each in a world of its own, or at all of them in a soak.
func each(t *testing.T, ws *worlds, sample int, try func(*world, fault.Point)) {
	t.Helper()
	points := draw(t, fault.Points(ws.messages), sample)
	for _, at := range points {
		t.Run(at.String(), func(t *testing.T) {
			t.Parallel()
			w := ws.open(t)
			try(w, at)
			w.close()
		})
	}
}

// draw takes some of the points, by a seed that is named in the test's output; in a soak it takes all.
func draw(t *testing.T, points []fault.Point, sample int) []fault.Point {
	t.Helper()
	if soaking() {
		t.Logf("all %d points", len(points))
		return points
	}
	seed := seedOf(t)
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	sample = min(sample, len(points))
	t.Logf("%d of %d points; PARTSMITH_FAULT_SEED=%d draws them again", sample, len(points), seed)
	return points[:sample]
}

// soaking reports whether everything is to be tried.
func soaking() bool { return os.Getenv("PARTSMITH_FAULT") == "all" }

func seedOf(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("PARTSMITH_FAULT_SEED")
	if text == "" {
		return uint64(time.Now().UnixNano())
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("read PARTSMITH_FAULT_SEED: %v", err)
	}
	return seed
}
