package period

// Calendar divides the axis into windows without gap or overlap. Grid is the one that policies describe by a unit;
// a program may bring its own, a fiscal year of 4-4-5 weeks for instance.
type Calendar interface {
	// At is the window that holds p, which is finite.
	At(p Point) Window
	// Add is the window n windows after w, before it when n is negative. w is a window of this calendar.
	Add(w Window, n int) Window
	// Pattern is the text of the default pattern of its windows' names, for example `{table}__{yyyy}_{mm}`.
	Pattern() string
}
