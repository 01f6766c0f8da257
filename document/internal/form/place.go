package form

import (
	"cmp"
	"strconv"
	"strings"
)

// Place is where something stands in a policy document. Line and Col count from 1, Col in characters.
// Line 0 is the file as a whole.
type Place struct {
	File      string
	Line, Col int
}

// String is file:line:col, as compilers and editors write it.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

// Error is one thing that is wrong in a policy document.
//
// Its text is one line and is made here: never the parser's excerpt of the file, which may show the line with the
// password. The value of `database` and what a variable held are not in it either.
type Error struct {
	Place
	What string // what is wrong, a clause
	Text string // the offending text as the document has it, may be empty
	Err  error  // what the operating system said about a file, else nil
}

func (e *Error) Error() string {
	text := e.Place.String() + ": " + e.What
	if e.Text != "" {
		text += ", " + strconv.Quote(e.Text)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Compare orders errors of one file by where they stand.
func (e *Error) Compare(f *Error) int {
	return cmp.Or(cmp.Compare(e.Line, f.Line), cmp.Compare(e.Col, f.Col))
}

// longestText is how much of an offending text an error shows.
const longestText = 60

// Secretive reports whether a text could be a connection string.
func Secretive(text string) bool {
	return strings.Contains(text, "://") || strings.Contains(strings.ToLower(text), "password")
}

// showable is a text as an error may show it: cut down, and nothing of it where it could be a connection string
// that was put into a wrong field.
func showable(text string) string {
	if Secretive(text) {
		return "(not shown: it looks like a connection string)"
	}
	if runes := []rune(text); len(runes) > longestText {
		return string(runes[:longestText]) + "…"
	}
	return text
}
