package form

import "slices"

// Reader collects what is wrong while a document is read, so that one run names every mistake.
type Reader struct {
	Expander
	field string // whose value is being read; empty at the root
	Errs  []*Error
}

// maxErrors is how many mistakes of one file are named.
const maxErrors = 50

// Fail notes something that is wrong. The same complaint about the same place is noted once: a default is read for
// every table that takes it.
func (r *Reader) Fail(place Place, what, text string) {
	r.Note(&Error{Place: place, What: what, Text: showable(text)})
}

func (r *Reader) Note(err *Error) {
	same := func(e *Error) bool { return e.Place == err.Place && e.What == err.What }
	if len(r.Errs) < maxErrors && !slices.ContainsFunc(r.Errs, same) {
		r.Errs = append(r.Errs, err)
	}
}

// about begins a clause with the field that it is about.
func (r *Reader) about(what string) string {
	if r.field == "" {
		return what
	}
	return r.field + ": " + what
}

// Reject complains about a value that is of the right shape.
func (r *Reader) Reject(n *Node, what string) { r.Fail(n.Place, r.about(what), n.Text) }

// WrongShape complains that n is a list where a map should be, and the like.
func (r *Reader) WrongShape(n *Node, wanted string) {
	r.Reject(n, "must be "+wanted+n.otherwise())
}

// otherwise says what a value is that has no text to show.
func (n *Node) otherwise() string {
	if n.Shape == ScalarShape {
		return ""
	}
	return ", not " + string(n.Shape)
}

// Scalar is the text of a single value with its variables expanded.
func (r *Reader) Scalar(n *Node, wanted string) (string, bool) {
	if n.Shape != ScalarShape {
		r.WrongShape(n, wanted)
		return "", false
	}
	if !n.Str {
		return n.Text, true
	}
	text, err := r.Expand(n.Text)
	if err != nil {
		r.Note(&Error{Place: n.Place, What: r.about(err.What), Text: err.Text, Err: err.Err})
		return "", false
	}
	return text, true
}

// Misread complains about a text that did not fit. A cause may quote what a variable held or what looks like a
// connection string; then it is left out.
func (r *Reader) Misread(n *Node, what, expanded, cause string) {
	switch {
	case expanded != n.Text:
		what += " once its variables are expanded"
	case cause != "" && !Secretive(n.Text):
		what += ": " + cause
	}
	r.Reject(n, what)
}
