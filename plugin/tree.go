package plugin

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

// node is a value of a document: a scalar, a list, a map, or nothing at all.
type node struct {
	place Place
	shape shape
	text  string // of a scalar, as written, without its quotes
	str   bool   // a string to YAML, not a number or a truth value: variables are expanded in it
	bare  bool   // a scalar without quotes
	items []*node
	pairs []pair
}

// pair is a key of a map and its value. A key is always a scalar.
type pair struct{ key, value *node }

type shape string

const (
	scalarShape shape = "a single value"
	listShape   shape = "a list"
	mapShape    shape = "a map"
	nullShape   shape = "nothing"
)

// The bounds of a document. The time and the memory of the parser grow with the square of the nesting.
const (
	maxBytes = 512 << 10
	maxDepth = 64
)

// parseTree reads the one YAML document of a file.
//
// Anchors, aliases, merge keys, tags and directives are refused: a value that stands in two places has two places to
// report, and `defaults` is there for what tables share.
func parseTree(file string, source []byte) (*node, *DocumentError) {
	whole := Place{File: file}
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	switch {
	case len(source) > maxBytes:
		return nil, &DocumentError{Place: whole, What: fmt.Sprintf("is longer than %d bytes", maxBytes)}
	case !utf8.Valid(source):
		return nil, &DocumentError{Place: whole, What: "is not UTF-8"}
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

func oneDocument(whole Place, docs []*ast.DocumentNode) (*node, *DocumentError) {
	if len(docs) == 0 || docs[0].Body == nil {
		return nil, &DocumentError{Place: whole, What: "is empty; a document begins with `version: 1`"}
	}
	if len(docs) > 1 {
		place := whole
		if second, err := convert(whole.File, docs[1].Body, 0); err == nil {
			place = second.place
		}
		return nil, &DocumentError{Place: place, What: "holds a second YAML document; one file is one document"}
	}
	return convert(whole.File, docs[0].Body, 0)
}

// refuse finds what YAML allows and a policy document does not.
func refuse(file string, tokens token.Tokens) *DocumentError {
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
			return &DocumentError{Place: placeOf(file, tk), What: sentence(tk.Error)}
		}
		if what := refused(tk.Type); what != "" {
			return &DocumentError{Place: placeOf(file, tk), What: what}
		}
		if depth+dashes > maxDepth {
			return &DocumentError{Place: placeOf(file, tk), What: "is nested too deeply"}
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
func convert(file string, from ast.Node, depth int) (*node, *DocumentError) {
	if from == nil {
		return nil, &DocumentError{Place: Place{File: file}, What: "cannot be read"}
	}
	n := &node{place: placeOf(file, from.GetToken())}
	if depth > maxDepth {
		return nil, &DocumentError{Place: n.place, What: "is nested too deeply"}
	}
	switch from := from.(type) {
	case *ast.MappingNode:
		return n.convertMap(from.Values, depth)
	case *ast.MappingValueNode:
		return n.convertMap([]*ast.MappingValueNode{from}, depth)
	case *ast.SequenceNode:
		return n.convertList(from.Values, depth)
	case *ast.NullNode:
		n.shape, n.text = nullShape, "null"
		return n, nil
	case *ast.LiteralNode:
		n.shape, n.text, n.str = scalarShape, from.Value.Value, true
		return n, nil
	case ast.ScalarNode:
		return n.convertScalar(from), nil
	}
	return nil, &DocumentError{Place: n.place, What: "cannot be read"}
}

func (n *node) convertScalar(from ast.ScalarNode) *node {
	tk := from.GetToken()
	n.shape, n.text = scalarShape, tk.Value
	_, n.str = from.(*ast.StringNode)
	n.bare = tk.Type != token.SingleQuoteType && tk.Type != token.DoubleQuoteType
	return n
}

func (n *node) convertList(values []ast.Node, depth int) (*node, *DocumentError) {
	n.shape = listShape
	for _, value := range values {
		item, err := convert(n.place.File, value, depth+1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	return n, nil
}

func (n *node) convertMap(values []*ast.MappingValueNode, depth int) (*node, *DocumentError) {
	n.shape = mapShape
	for i, from := range values {
		key, err := convert(n.place.File, from.Key, depth+1)
		if err != nil {
			return nil, err
		}
		if key.shape != scalarShape && key.shape != nullShape {
			return nil, &DocumentError{Place: key.place, What: "a key must be a single word"}
		}
		if i == 0 { // the parser's place of a map is its first colon
			n.place = key.place
		}
		value, err := convert(n.place.File, from.Value, depth+1)
		if err != nil {
			return nil, err
		}
		n.pairs = append(n.pairs, pair{key, value})
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
func syntaxError(file string, err error) *DocumentError {
	var parse interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &parse) {
		return &DocumentError{Place: Place{File: file}, What: sentence("")}
	}
	return &DocumentError{Place: placeOf(file, parse.GetToken()), What: sentence(parse.GetMessage())}
}
