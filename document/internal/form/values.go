package form

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The kinds of single values. A number may be written as text too, because text may hold a variable.

// TextKind is a text that is not empty.
func TextKind() Kind[string] {
	return Kind[string]{
		Schema: Schema{Type: "string", MinLength: 1},
		Read: func(r *Reader, n *Node) (string, bool) {
			text, ok := r.Scalar(n, "text")
			if ok && text == "" {
				r.Misread(n, "is empty", text, "")
				return "", false
			}
			return text, ok
		},
	}
}

// SecretKind is a text that is neither looked at nor shown here: it is expanded when it is needed.
func SecretKind() Kind[*Node] {
	return Kind[*Node]{
		Schema: Schema{Type: "string"},
		Read: func(r *Reader, n *Node) (*Node, bool) {
			if n.Shape != ScalarShape {
				r.WrongShape(n, "text")
				return nil, false
			}
			return n, true
		},
	}
}

// IntKind is a whole number from least on.
func IntKind(least int) Kind[int] {
	return Kind[int]{
		Schema: Schema{Type: []string{"integer", "string"}, Minimum: &least},
		Read: func(r *Reader, n *Node) (int, bool) {
			number, ok := r.Integer(n)
			if ok && (number < int64(least) || number > math.MaxInt32) {
				r.Reject(n, fmt.Sprintf("must be a whole number from %d to %d", least, math.MaxInt32))
				return 0, false
			}
			return int(number), ok
		},
	}
}

// IDKind is any whole number of 64 bits.
func IDKind() Kind[int64] {
	return Kind[int64]{
		Schema: Schema{Type: []string{"integer", "string"}},
		Read:   (*Reader).Integer,
	}
}

// Integer is a whole number, in decimal digits.
func (r *Reader) Integer(n *Node) (int64, bool) {
	text, ok := r.Scalar(n, "a whole number")
	if !ok {
		return 0, false
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.Misread(n, "must be a whole number, in decimal digits", text, "")
		return 0, false
	}
	return number, true
}

// WordsKind is one of a few words, each with its meaning; bools are words too.
func WordsKind[V any](words ...Word[V]) Kind[V] {
	var texts []string
	s := Schema{}
	for _, w := range words {
		texts = append(texts, w.Text)
		s.Enum = append(s.Enum, w.literal())
	}
	s.AnyOf, s.Enum = []Schema{{Enum: s.Enum}, {Type: "string", Pattern: variablePattern}}, nil
	wanted := strings.Join(texts, " or ")
	return Kind[V]{Schema: s, Read: func(r *Reader, n *Node) (V, bool) {
		var none V
		text, ok := r.Scalar(n, wanted)
		if !ok {
			return none, false
		}
		for _, w := range words {
			if w.Text == text {
				return w.Means, true
			}
		}
		r.Misread(n, "must be "+wanted+Suggestion(n.Text, texts), text, "")
		return none, false
	}}
}

// variablePattern is how a schema knows a text whose value only the run will know.
const variablePattern = `\$\{.+\}`

// Word is a word and what it means.
type Word[V any] struct {
	Text  string
	Means V
}

// literal is the word as JSON has it.
func (w Word[V]) literal() any {
	switch w.Text {
	case "true":
		return true
	case "false":
		return false
	}
	return w.Text
}

// SwitchKind takes on and off, and true and false because YAML 1.1 tools write them instead.
func SwitchKind() Kind[bool] {
	return WordsKind(Word[bool]{"on", true}, Word[bool]{"off", false}, Word[bool]{"true", true}, Word[bool]{"false", false})
}
