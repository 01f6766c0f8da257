package catalog

import "fmt"

// owned is who owns a relation, whom the current role must become to work on it as the owner does, and whether it cannot.
func (f filler) owned(n *node) (owner, actAs string, lacks []Right) {
	role := f.detail.roles[n.Owner]
	switch {
	case n.Owner == f.tree.role || f.tree.server.Superuser:
		return role.Name, "", nil
	case role.Reachable:
		return role.Name, role.Name, nil
	}
	return role.Name, "", []Right{{What: "ownership", Relation: n.relation().String(), Grant: f.ownershipGrant(n, role)}}
}

// ownershipGrant makes the current role a member of the owner. Nobody should be made a member of a superuser: there
// the table gets another owner.
func (f filler) ownershipGrant(n *node, owner roleFact) string {
	role := QuoteIdent(f.tree.server.Role)
	if owner.Super {
		return fmt.Sprintf("ALTER TABLE %s OWNER TO %s", n.relation(), role)
	}
	return fmt.Sprintf("GRANT %s TO %s", QuoteIdent(owner.Name), role)
}

// rights adds what the role that works may not do with the table, its schema, and the schema of new partitions.
func (f filler) rights(t *Table) {
	r, known := f.detail.rights[rightsOf{t.OID, t.Target.Name}]
	if !known {
		return
	}
	t.Target.Exists, t.Target.Create = r.Exists, r.MayCreate
	actor := QuoteIdent(r.Actor)
	lack := func(what, relation, on string) {
		t.Lacks = append(t.Lacks, Right{What: what, Relation: relation, Grant: fmt.Sprintf("GRANT %s ON %s TO %s", what, on, actor)})
	}
	own, target := QuoteIdent(r.Schema), QuoteIdent(r.Target)
	if !r.MaySelect {
		lack("SELECT", t.Name.String(), t.Name.String())
	}
	if !r.MayUse {
		lack("USAGE", own, "SCHEMA "+own)
	}
	if r.Exists && !r.MayUseTarget && own != target {
		lack("USAGE", target, "SCHEMA "+target)
	}
	if r.Exists && !r.MayCreate {
		lack("CREATE", target, "SCHEMA "+target)
	}
}
