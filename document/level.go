package document

import (
	"errors"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// level is the policy of one table, or of one level of it, while it is read.
type level struct {
	tables []tableName
	policy lifecycle.Policy
	within *level
	nodes  map[string]*form.Node // the value of each field that was given
}

// readLevel reads the fields of a level. What is within it gets its zone and its place in the policy by settle.
func readLevel(r *form.Reader, n *form.Node, what string, fields []form.Field[level]) (*level, bool) {
	l := &level{nodes: map[string]*form.Node{}}
	for _, p := range n.Pairs {
		l.nodes[p.Key.Text] = p.Value
	}
	ok := form.Object(r, n, what, fields, l)
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
func (l *level) node(field string) *form.Node {
	for inner, ok := strings.CutPrefix(field, "within."); ok && l.within != nil; inner, ok = strings.CutPrefix(field, "within.") {
		l, field = l.within, inner
	}
	field, _, _ = strings.Cut(field, ".")
	return l.nodes[field]
}

// checkPolicy asks the policy itself, and says where in the document its complaint belongs.
func checkPolicy(r *form.Reader, l *level, table tableName) {
	var complaint *lifecycle.PolicyError
	err := l.policy.Check(table.name)
	switch {
	case err == nil:
	case !errors.As(err, &complaint):
		r.Fail(table.place, err.Error(), "")
	default:
		misfit(r, l.node(complaint.Field), table, complaint)
	}
}

// misfit shows a value as the document has it: what a variable held is not repeated.
func misfit(r *form.Reader, n *form.Node, table tableName, complaint *lifecycle.PolicyError) {
	what := complaint.Field + ": "
	switch {
	case n == nil:
		r.Fail(table.place, what+complaint.What, complaint.Text)
	case n.Shape != form.ScalarShape:
		r.Fail(n.Place, what+complaint.What, complaint.Text)
	case hides(r, n) && strings.ContainsAny(complaint.What, "\"{"): // it quotes
		r.Fail(n.Place, what+"does not fit the policy", n.Text)
	default:
		r.Fail(n.Place, what+complaint.What, n.Text)
	}
}

// hides reports whether a value may hold what must not be shown.
func hides(r *form.Reader, n *form.Node) bool {
	text, err := r.Expand(n.Text)
	return form.Secretive(n.Text) || n.Str && (err != nil || text != n.Text)
}
