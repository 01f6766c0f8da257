package form

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Node is a value of a document: a scalar, a list, a map, or nothing at all.
type Node struct {
	Place Place
	Shape Shape
	Text  string // of a scalar, as written, without its quotes
	Str   bool   // a string to YAML, not a number or a truth value: variables are expanded in it
	Bare  bool   // a scalar without quotes
	Items []*Node
	Pairs []Pair
}

// Pair is a key of a map and its value. A key is always a scalar.
type Pair struct{ Key, Value *Node }

// Shape is what a value is to YAML.
type Shape string

// The shapes.
const (
	ScalarShape Shape = "a single value"
	ListShape   Shape = "a list"
	MapShape    Shape = "a map"
	NullShape   Shape = "nothing"
)

// The bounds of a document. The time and the memory of the parser grow with the square of the nesting.
const (
	maxBytes = 512 << 10
	maxDepth = 64
)

// Parse reads the one YAML document of a file.
//
// Anchors, aliases, merge keys, tags and directives are refused: a value that stands in two places has two places to
// report, and `defaults` is there for what tables share.
func Parse(file string, source []byte) (*Node, *Error) {
	whole := Place{File: file}
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	switch {
	case len(source) > maxBytes:
		return nil, &Error{Place: whole, What: fmt.Sprintf("is longer than %d bytes", maxBytes)}
	case !utf8.Valid(source):
		return nil, &Error{Place: whole, What: "is not UTF-8"}
	}
	tokens := lexer.Tokenize(string(source))
	if err := refuse(file, tokens); err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxError(file, err)
	}
	return oneDocument(whole, parsed.Docs)
}

func oneDocument(whole Place, docs []*ast.DocumentNode) (*Node, *Error) {
	if len(docs) == 0 || docs[0].Body == nil {
		return nil, &Error{Place: whole, What: "is empty; a document begins with `version: 1`"}
	}
	if len(docs) > 1 {
		place := whole
		if second, err := convert(whole.File, docs[1].Body, 0); err == nil {
			place = second.Place
		}
		return nil, &Error{Place: place, What: "holds a second YAML document; one file is one document"}
	}
	return convert(whole.File, docs[0].Body, 0)
}

// refuse finds what YAML allows and a policy document does not.
func refuse(file string, tokens token.Tokens) *Error {
	depth, dashes := 0, 0
	for _, tk := range tokens {
		dashes++ // lists in lists on one line: - - - x
		if tk.Type != token.SequenceEntryType {
			dashes = 0
		}
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.InvalidType:
			return &Error{Place: placeOf(file, tk), What: sentence(tk.Error)}
		}
		if what := refused(tk.Type); what != "" {
			return &Error{Place: placeOf(file, tk), What: what}
		}
		if depth+dashes > maxDepth {
			return &Error{Place: placeOf(file, tk), What: "is nested too deeply"}
		}
	}
	return nil
}

func refused(t token.Type) string {
	switch t {
	case token.AnchorType:
		return "anchors (&) are not part of a policy document; use `defaults`, or quote the text"
	case token.AliasType:
		return "aliases (*) are not part of a policy document; use `defaults`, or quote the text"
	case token.MergeKeyType:
		return "merge keys (<<) are not part of a policy document; use `defaults`"
	case token.TagType:
		return "tags (!) are not part of a policy document; quote the text"
	case token.DirectiveType:
		return "directives (%) are not part of a policy document; quote the text"
	case token.MappingKeyType:
		return "complex keys (?) are not part of a policy document"
	}
	return ""
}

// convert makes the parser's node one of ours.
func convert(file string, from ast.Node, depth int) (*Node, *Error) {
	if from == nil {
		return nil, &Error{Place: Place{File: file}, What: "cannot be read"}
	}
	n := &Node{Place: placeOf(file, from.GetToken())}
	if depth > maxDepth {
		return nil, &Error{Place: n.Place, What: "is nested too deeply"}
	}
	switch from := from.(type) {
	case *ast.MappingNode:
		return n.convertMap(from.Values, depth)
	case *ast.MappingValueNode:
		return n.convertMap([]*ast.MappingValueNode{from}, depth)
	case *ast.SequenceNode:
		return n.convertList(from.Values, depth)
	case *ast.NullNode:
		n.Shape, n.Text = NullShape, "null"
		return n, nil
	case *ast.LiteralNode:
		n.Shape, n.Text, n.Str = ScalarShape, from.Value.Value, true
		return n, nil
	case ast.ScalarNode:
		return n.convertScalar(from), nil
	}
	return nil, &Error{Place: n.Place, What: "cannot be read"}
}

func (n *Node) convertScalar(from ast.ScalarNode) *Node {
	tk := from.GetToken()
	n.Shape, n.Text = ScalarShape, tk.Value
	_, n.Str = from.(*ast.StringNode)
	n.Bare = tk.Type != token.SingleQuoteType && tk.Type != token.DoubleQuoteType
	return n
}

func (n *Node) convertList(values []ast.Node, depth int) (*Node, *Error) {
	n.Shape = ListShape
	for _, value := range values {
		item, err := convert(n.Place.File, value, depth+1)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, item)
	}
	return n, nil
}

func (n *Node) convertMap(values []*ast.MappingValueNode, depth int) (*Node, *Error) {
	n.Shape = MapShape
	for i, from := range values {
		key, err := convert(n.Place.File, from.Key, depth+1)
		if err != nil {
			return nil, err
		}
		if key.Shape != ScalarShape && key.Shape != NullShape {
			return nil, &Error{Place: key.Place, What: "a key must be a single word"}
		}
		if i == 0 { // the parser's place of a map is its first colon
			n.Place = key.Place
		}
		value, err := convert(n.Place.File, from.Value, depth+1)
		if err != nil {
			return nil, err
		}
		n.Pairs = append(n.Pairs, Pair{key, value})
	}
	return n, nil
}

func placeOf(file string, tk *token.Token) Place {
	if tk == nil || tk.Position == nil {
		return Place{File: file}
	}
	return Place{File: file, Line: max(tk.Position.Line, 1), Col: max(tk.Position.Column, 1)}
}

// syntaxError gives the parser's complaint its place and a sentence of ours.
func syntaxError(file string, err error) *Error {
	var parse interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &parse) {
		return &Error{Place: Place{File: file}, What: sentence("")}
	}
	return &Error{Place: placeOf(file, parse.GetToken()), What: sentence(parse.GetMessage())}
}
