package plugin

import (
	"errors"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
)

// level is the policy of one table, or of one level of it, while it is read.
type level struct {
	tables []tableName
	policy lifecycle.Policy
	within *level
	nodes  map[string]*node // the value of each field that was given
	place  Place
}

// level reads the fields of a level. What is within it gets its zone and its place in the policy by settle.
func (r *reader) level(n *node, what string, fields []field[level]) (*level, bool) {
	l := &level{nodes: map[string]*node{}}
	for _, p := range n.pairs {
		l.nodes[p.key.text] = p.value
	}
	ok := object(r, n, what, fields, l)
	return l, ok
}

// settle hands the zone down to the levels that name none, and makes one policy of them.
func (l *level) settle(zone *time.Location) {
	if l.policy.Zone == nil {
		l.policy.Zone = zone
	}
	if l.within != nil {
		l.within.settle(l.policy.Zone)
		l.policy.Within = &l.within.policy
	}
}

// node is the value that a field of a PolicyError was given, nil where the document does not have the field.
func (l *level) node(field string) *node {
	for inner, ok := strings.CutPrefix(field, "within."); ok && l.within != nil; inner, ok = strings.CutPrefix(field, "within.") {
		l, field = l.within, inner
	}
	field, _, _ = strings.Cut(field, ".")
	return l.nodes[field]
}

// check asks the policy itself, and says where in the document its complaint belongs.
func (r *reader) check(l *level, table tableName) {
	var complaint *lifecycle.PolicyError
	err := l.policy.Check(table.name)
	switch {
	case err == nil:
	case !errors.As(err, &complaint):
		r.fail(table.place, err.Error(), "")
	default:
		r.misfit(l.node(complaint.Field), table, complaint)
	}
}

// misfit shows a value as the document has it: what a variable held is not repeated.
func (r *reader) misfit(n *node, table tableName, complaint *lifecycle.PolicyError) {
	what := complaint.Field + ": "
	switch {
	case n == nil:
		r.fail(table.place, what+complaint.What, complaint.Text)
	case n.shape != scalarShape:
		r.fail(n.place, what+complaint.What, complaint.Text)
	case r.hides(n) && strings.ContainsAny(complaint.What, "\"{"): // it quotes
		r.fail(n.place, what+"does not fit the policy", n.text)
	default:
		r.fail(n.place, what+complaint.What, n.text)
	}
}

// hides tells whether a value may hold what must not be shown.
func (r *reader) hides(n *node) bool {
	text, err := r.expand(n.text)
	return secretive(n.text) || n.str && (err != nil || text != n.text)
}
