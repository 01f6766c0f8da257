package document

import (
	"slices"
	"strings"

	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// Place is where something stands in a file. Line and Col count from 1, Col in characters; Line 0 is the file as a whole.
type Place struct {
	File      string
	Line, Col int
}

// String is file:line:col, as compilers and editors write it.
func (p Place) String() string { return form.Place(p).String() }

// Error is one thing that is wrong in a document.
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
	return (&form.Error{Place: form.Place(e.Place), What: e.What, Text: e.Text}).Error()
}

// Unwrap gives what the operating system said.
func (e *Error) Unwrap() error { return e.Err }

// Errors is all that is wrong in the files of a document, in their order; one line each.
type Errors []*Error

func (errs Errors) Error() string {
	lines := make([]string, len(errs))
	for i, err := range errs {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single errors.
func (errs Errors) Unwrap() []error {
	all := make([]error, len(errs))
	for i, err := range errs {
		all[i] = err
	}
	return all
}

// errorsOf is what a reader found wrong, in the order of the file.
func errorsOf(r *form.Reader) Errors {
	slices.SortStableFunc(r.Errs, (*form.Error).Compare)
	var wrong Errors
	for _, e := range r.Errs {
		wrong = append(wrong, &Error{Place: Place(e.Place), What: e.What, Text: e.Text, Err: e.Err})
	}
	return wrong
}
