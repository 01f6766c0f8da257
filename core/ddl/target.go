package ddl

import (
	"strings"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Target is a table that statements change: by its name, which they are written with, and by its OID, which they ask for before
// they change anything. Role is whom they work as; empty: the session's own.
type Target struct {
	Name catalog.Name
	OID  uint32
	Role string
}

func (t Target) as() Statement { return AsRole(t.Role).Held() }

func (t Target) guard(preconditions ...Precondition) Statement {
	return Guard(t.Name, t.OID, preconditions...)
}

func (t Target) comment(text string) Statement {
	return Statement{SQL: Comment(t.Name, text), Holds: true}
}

// Recomment replaces the comment of a table that meets the preconditions, under the lock that COMMENT takes.
func (t Target) Recomment(text string, preconditions ...Precondition) []Statement {
	return Compact(t.as(), Lock(t.Name, ShareUpdateExclusive), t.guard(preconditions...), t.comment(text))
}

// Ready changes a detached partition. What is changed by name is looked at in its transaction, so that a table that has the name
// by now is never changed.
func (t Target) Ready(statements ...Statement) []Statement {
	all := append([]Statement{t.as()}, statements...)
	return Compact(append(all, t.guard(NotAttached()))...)
}

// DropDetached drops a detached partition that meets the preconditions. Under ACCESS EXCLUSIVE it is looked at once more: the same
// table, and not attached anywhere.
func (t Target) DropDetached(preconditions ...Precondition) []Statement {
	all := append([]Precondition{NotAttached()}, preconditions...)
	return Compact(t.as(), LockAll(AccessExclusive, t.Name).Held(), t.guard(all...), Statement{SQL: Drop(t.Name), Holds: true})
}

// Attach attaches a detached partition whose comment is still what it was, and gives it another; a CHECK goes with it.
func (t Target) Attach(p Target, bound, was, becomes, check string) []Statement {
	return Compact(
		p.as(), Lock(p.Name, AccessExclusive), p.guard(NotAttached(), Commented(was)),
		t.as(), Statement{SQL: Attach(t.Name, p.Name, bound), Holds: true}, p.guard(AttachedTo(t.OID)),
		p.as(), DropCheck(p.Name, check), p.comment(becomes))
}

// Detach detaches a partition that meets the preconditions, and marks it. Beside are tables that a plain DETACH locks too.
func (t Target) Detach(p Target, marker string, beside []Target, preconditions ...Precondition) []Statement {
	return Compact(
		t.as(), t.lockWith(append([]Target{p}, beside...)), p.guard(preconditions...),
		Statement{SQL: Detach(t.Name, p.Name), Holds: true}, p.guard(NotAttached()),
		p.as(), p.comment(marker))
}

// lockWith takes at once what a plain DETACH takes one after the other, so that the limit is one for all of it and nobody waits
// behind the first lock while we wait for the last. What another role works on is left to DETACH.
func (t Target) lockWith(others []Target) Statement {
	names := []string{"ONLY " + t.Name.String()}
	for _, o := range others {
		if o.Role == t.Role {
			names = append(names, o.Name.String())
		}
	}
	return Statement{SQL: "LOCK TABLE " + strings.Join(names, ", ") + " IN ACCESS EXCLUSIVE MODE", Holds: true}
}

// DetachConcurrently stands outside any transaction, which cannot lock first: it is asked right before whether the partition meets
// the preconditions.
func (t Target) DetachConcurrently(p Target, preconditions ...Precondition) (asked, detach Statement) {
	return p.guard(preconditions...), Statement{SQL: Detach(t.Name, p.Name) + " CONCURRENTLY", Holds: true}
}

// Finalize ends an interrupted concurrent detach of a partition of that bound and comment, and marks it where a marker is given.
func (t Target) Finalize(p Target, bound, comment, marker string) []Statement {
	statements := []Statement{t.as(), p.guard(PendingFrom(t.OID), Bounded(bound), Commented(comment)),
		{SQL: Detach(t.Name, p.Name) + " FINALIZE", Holds: true}, p.guard(NotAttached(), Commented(comment))}
	if marker != "" {
		statements = append(statements, p.as(), p.comment(marker))
	}
	return Compact(statements...)
}
