package plugin

import "slices"

// reader collects what is wrong while a document is read, so that one run names every mistake.
type reader struct {
	expander
	field string // whose value is being read; empty at the root
	errs  []*DocumentError
}

// maxErrors is how many mistakes of one file are named.
const maxErrors = 50

// fail notes something that is wrong. The same complaint about the same place is noted once: a default is read for
// every table that takes it.
func (r *reader) fail(place Place, what, text string) {
	r.note(&DocumentError{Place: place, What: what, Text: showable(text)})
}

func (r *reader) note(err *DocumentError) {
	same := func(e *DocumentError) bool { return e.Place == err.Place && e.What == err.What }
	if len(r.errs) < maxErrors && !slices.ContainsFunc(r.errs, same) {
		r.errs = append(r.errs, err)
	}
}

// about begins a clause with the field that it is about.
func (r *reader) about(what string) string {
	if r.field == "" {
		return what
	}
	return r.field + ": " + what
}

// reject complains about a value that is of the right shape.
func (r *reader) reject(n *node, what string) { r.fail(n.place, r.about(what), n.text) }

// wrongShape complains that n is a list where a map should be, and the like.
func (r *reader) wrongShape(n *node, wanted string) {
	r.reject(n, "must be "+wanted+n.otherwise())
}

// otherwise says what a value is that has no text to show.
func (n *node) otherwise() string {
	if n.shape == scalarShape {
		return ""
	}
	return ", not " + string(n.shape)
}

// scalar is the text of a single value with its variables expanded.
func (r *reader) scalar(n *node, wanted string) (string, bool) {
	if n.shape != scalarShape {
		r.wrongShape(n, wanted)
		return "", false
	}
	if !n.str {
		return n.text, true
	}
	text, err := r.expand(n.text)
	if err != nil {
		r.note(&DocumentError{Place: n.place, What: r.about(err.what), Text: err.text, Err: err.err})
		return "", false
	}
	return text, true
}

// misread complains about a text that did not fit. A cause may quote what a variable held or what looks like a
// connection string; then it is left out.
func (r *reader) misread(n *node, what, expanded, cause string) {
	switch {
	case expanded != n.text:
		what += " once its variables are expanded"
	case cause != "" && !secretive(n.text):
		what += ": " + cause
	}
	r.reject(n, what)
}
