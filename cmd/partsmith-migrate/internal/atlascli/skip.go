package atlascli

import "ariga.io/atlas/sql/schema"

// skip says which kinds of changes the difference leaves out.
type skip struct {
	AddSchema        bool `spec:"add_schema"`
	DropSchema       bool `spec:"drop_schema"`
	ModifySchema     bool `spec:"modify_schema"`
	AddTable         bool `spec:"add_table"`
	DropTable        bool `spec:"drop_table"`
	ModifyTable      bool `spec:"modify_table"`
	RenameTable      bool `spec:"rename_table"`
	AddColumn        bool `spec:"add_column"`
	DropColumn       bool `spec:"drop_column"`
	ModifyColumn     bool `spec:"modify_column"`
	AddIndex         bool `spec:"add_index"`
	DropIndex        bool `spec:"drop_index"`
	ModifyIndex      bool `spec:"modify_index"`
	AddForeignKey    bool `spec:"add_foreign_key"`
	DropForeignKey   bool `spec:"drop_foreign_key"`
	ModifyForeignKey bool `spec:"modify_foreign_key"`
	RenameConstraint bool `spec:"rename_constraint"`
}

// changes are one of each kind that is left out, as atlasext.Runner takes them; not nil.
func (s skip) changes() []schema.Change {
	all := []schema.Change{}
	for _, kind := range []struct {
		left bool
		of   schema.Change
	}{
		{s.AddSchema, &schema.AddSchema{}}, {s.DropSchema, &schema.DropSchema{}}, {s.ModifySchema, &schema.ModifySchema{}},
		{s.AddTable, &schema.AddTable{}}, {s.DropTable, &schema.DropTable{}}, {s.ModifyTable, &schema.ModifyTable{}}, {s.RenameTable, &schema.RenameTable{}},
		{s.AddColumn, &schema.AddColumn{}}, {s.DropColumn, &schema.DropColumn{}}, {s.ModifyColumn, &schema.ModifyColumn{}},
		{s.AddIndex, &schema.AddIndex{}}, {s.DropIndex, &schema.DropIndex{}}, {s.ModifyIndex, &schema.ModifyIndex{}},
		{s.AddForeignKey, &schema.AddForeignKey{}}, {s.DropForeignKey, &schema.DropForeignKey{}}, {s.ModifyForeignKey, &schema.ModifyForeignKey{}},
		{s.RenameConstraint, &schema.RenameConstraint{}},
	} {
		if kind.left {
			all = append(all, kind.of)
		}
	}
	return all
}
