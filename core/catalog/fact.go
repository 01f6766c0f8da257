package catalog

// The facts below are rows of ground.sql and detail.sql, named as there.

type serverFact struct {
	Database, Role      string
	RoleOID             int64
	Superuser, Recovery bool
	Snapshot            string
	Version             int
	Deadlock, Now       int64 // milliseconds, microseconds since 1970
	Zones               []string
}

type wantFact struct {
	Place int
	OID   uint32
}

type roleFact struct {
	OID       int64
	Name      string
	Super     bool
	Reachable bool // the current role is it, may SET ROLE to it, or is a superuser
}

// trustFact is that one role was made a member of another, directly or not.
type trustFact struct{ Member, Role int64 }

// lostFact is a table that may be a detached partition without its marker.
type lostFact struct {
	Parent   uint32 // whose columns it has; 0: its comment has the third line of a marker
	Relation uint32
	Schema   string
	Name     string
	Owner    int64
	Comment  string
	Checks   []string // with names as DETACH CONCURRENTLY gives them, those of the parent left out
}

type namedFact struct {
	OID      int64
	Relation uint32
	Name     string
}

type rightsFact struct {
	Relation     uint32
	Target       string
	Exists       bool
	Actor        string // the role that works
	Schema       string // of the relation
	MaySelect    bool   `json:"may_select"`
	MayUse       bool   `json:"may_use"`
	MayUseTarget bool   `json:"may_use_target"`
	MayCreate    bool   `json:"may_create"`
}

type grantFact struct {
	Relation uint32
	Grant
}

type columnFact struct {
	Relation        uint32
	Name            string
	Own             string // the type as declared, a domain by its name
	Type            string // the type that a domain is made of
	CollationSchema string `json:"collation_schema"`
	Collation       string
	Collated        bool // the collation is not the type's
	NotNull         bool `json:"not_null"`
	Generated       string
	Identity        string
	Target          int
	Options         []string
}

func (f columnFact) column() Column {
	c := Column{Name: f.Name, Type: f.Type, NotNull: f.NotNull, Generated: f.Generated != ""}
	if f.Collated {
		c.Collation = Name{Schema: f.CollationSchema, Table: f.Collation}
	}
	return c
}

type keyFact struct {
	Relation        uint32
	Name            string
	Type            string
	NotNull         bool `json:"not_null"`
	Generated       bool
	CollationSchema string `json:"collation_schema"`
	Collation       string // where it is not the type's
}

func (f keyFact) column() Column {
	return Column{Name: f.Name, Type: f.Type, NotNull: f.NotNull, Generated: f.Generated,
		Collation: Name{Schema: f.CollationSchema, Table: f.Collation}}
}

type checkFact struct {
	Relation uint32
	Name     string
	Valid    bool
	Alone    bool // NO INHERIT
}

type triggerFact struct {
	Relation uint32
	Trigger
}

type misfitFact struct {
	Relation                        uint32
	Typed, Temporary, Child, Parent bool
}

type dependentFact struct {
	Relation    uint32
	Description string
}

type foreignFact struct {
	OID          uint32
	Name         string
	Valid        bool
	Own          uint32   // the referencing table
	OwnSchema    string   `json:"own_schema"`
	OwnName      string   `json:"own_name"`
	OwnColumns   []string `json:"own_columns"`
	Other        uint32   // the referenced table
	OtherSchema  string   `json:"other_schema"`
	OtherName    string   `json:"other_name"`
	OtherColumns []string `json:"other_columns"`
}

type publishedFact struct {
	Name     string
	Rooted   bool   // publish_via_partition_root
	Schema   string // of all whose tables are published, else empty
	Relation uint32 // without it and a schema: all tables are
}
