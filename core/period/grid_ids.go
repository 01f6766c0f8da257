package period

import (
	"math"
	"math/big"
)

// ids is the window of ids that holds n. Counting from Origin goes by remainders, whose difference cannot overflow.
func (g Grid) ids(n int64) Window {
	width := g.Every.IDs
	into := floorMod(floorMod(n, width)-floorMod(g.Origin, width), width)
	w := Window{Low(), High()}
	if n >= math.MinInt64+into {
		w.From = ID(n - into)
	}
	if n <= math.MaxInt64-(width-into) {
		w.To = ID(n + (width - into))
	}
	return w
}

// addIDs is the window n windows after the one that begins at from.
func (g Grid) addIDs(from, n int64) Window {
	width := big.NewInt(g.Every.IDs)
	at := new(big.Int).Mul(big.NewInt(n), width)
	at.Add(at, big.NewInt(from))
	if at.IsInt64() {
		return g.ids(at.Int64())
	}
	if end := width.Add(width, at); end.IsInt64() && end.Int64() > math.MinInt64 {
		return g.ids(math.MinInt64) // it begins below the first id and still holds some
	}
	return Window{beyond(int64(at.Sign())), beyond(int64(at.Sign()))}
}

// floorMod is the remainder of floorDiv: never negative for a positive b.
func floorMod(a, b int64) int64 {
	r := a % b
	if r < 0 {
		r += b
	}
	return r
}
