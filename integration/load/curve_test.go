package load

import (
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func sortedKeys(found map[int]costs) []int { return slices.Sorted(maps.Keys(found)) }

// series is one curve.
type series struct {
	name, color, dash string
	of                func(costs) time.Duration
}

func curves() []series {
	return []series{
		{"a night", "#1b6ca8", "", func(c costs) time.Duration { return c.night }},
		{"its SQL alone", "#1b6ca8", "5 4", func(c costs) time.Duration { return c.plain }},
		{"nothing to do", "#c0392b", "", func(c costs) time.Duration { return c.nothing }},
		{"bounds alone", "#c0392b", "5 4", func(c costs) time.Duration { return c.bounds }},
	}
}

// The drawing: both axes are logarithmic, so that a cost that grows with the number is a straight line of that slope.
const (
	width, height = 640.0, 400.0
	left, right   = 70.0, 150.0
	top, bottom   = 20.0, 50.0
)

// chart places figures.
type chart struct{ lowX, highX, lowY, highY float64 } // powers of ten

func chartOf(found map[int]costs) chart {
	c := chart{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for n, cost := range found {
		c.lowX, c.highX = min(c.lowX, math.Log10(float64(n))), max(c.highX, math.Log10(float64(n)))
		for _, s := range curves() {
			y := math.Log10(s.of(cost).Seconds())
			c.lowY, c.highY = min(c.lowY, math.Floor(y)), max(c.highY, math.Ceil(y))
		}
	}
	return c
}

func (c chart) x(n float64) float64 {
	return left + (math.Log10(n)-c.lowX)/(c.highX-c.lowX)*(width-left-right)
}

func (c chart) y(seconds float64) float64 {
	return height - bottom - (math.Log10(seconds)-c.lowY)/(c.highY-c.lowY)*(height-top-bottom)
}

// draw writes the curves as SVG.
func draw(b *testing.B, path, title string, found map[int]costs) {
	b.Helper()
	c := chartOf(found)
	var svg strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&svg, format+"\n", args...) }
	line(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="sans-serif" font-size="12">`, width, height)
	line(`<rect width="100%%" height="100%%" fill="white"/>`)
	c.axes(line, title, found)
	for i, s := range curves() {
		c.curve(line, s, i, found)
	}
	line(`</svg>`)
	if err := os.WriteFile(path, []byte(svg.String()), 0o644); err != nil {
		b.Fatal(err)
	}
}

func (c chart) axes(line func(string, ...any), title string, found map[int]costs) {
	for e := c.lowY; e <= c.highY; e++ {
		y := c.y(math.Pow(10, e))
		line(`<line x1="%g" x2="%g" y1="%.1f" y2="%.1f" stroke="#ddd"/>`, left, width-right, y, y)
		line(`<text x="%g" y="%.1f" text-anchor="end">%s</text>`, left-8, y+4, time.Duration(math.Round(math.Pow(10, e)*1e9)))
	}
	for _, n := range sortedKeys(found) {
		line(`<text x="%.1f" y="%g" text-anchor="middle">%d</text>`, c.x(float64(n)), height-bottom+18, n)
	}
	line(`<text x="%.1f" y="%g" text-anchor="middle">%s</text>`, (left+width-right)/2, height-12, title)
}

func (c chart) curve(line func(string, ...any), s series, i int, found map[int]costs) {
	var points []string
	for _, n := range sortedKeys(found) {
		points = append(points, fmt.Sprintf("%.1f,%.1f", c.x(float64(n)), c.y(s.of(found[n]).Seconds())))
	}
	line(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`, strings.Join(points, " "), s.color, s.dash)
	y := top + 20 + 20*float64(i)
	line(`<line x1="%g" x2="%g" y1="%g" y2="%g" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`, width-right+15, width-right+40, y, y, s.color, s.dash)
	line(`<text x="%g" y="%g">%s</text>`, width-right+46, y+4, s.name)
}
