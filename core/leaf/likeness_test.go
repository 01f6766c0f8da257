package leaf

import (
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

func partition(change func(*catalog.Partition)) *catalog.Partition {
	p := &catalog.Partition{Name: catalog.Name{Schema: "public", Table: "p"}, Trusted: true, AccessMethod: "heap", Tablespace: "fast", Comment: "mine", Unlogged: true,
		Identity: "f", RowSecurity: catalog.RowSecurity{On: true}, Options: []string{"fillfactor=70"}}
	change(p)
	return p
}

// Only what all leaves agree in is made; nothing of a stranger's, nothing once it turned out not to be makeable.
func TestWhatIsShared(t *testing.T) {
	t.Parallel()
	const all = "row security on, tablespace fast, replica identity FULL, comment, unlogged"
	same := func(*catalog.Partition) {}
	for name, c := range map[string]struct {
		table  catalog.Table
		rule   Rule
		change func(*catalog.Partition)
		want   string
	}{
		"all alike":              {change: same, want: all},
		"another tablespace":     {change: func(p *catalog.Partition) { p.Tablespace = "slow" }, want: "row security on, replica identity FULL, comment, unlogged"},
		"another comment":        {change: func(p *catalog.Partition) { p.Comment = "yours" }, want: "row security on, tablespace fast, replica identity FULL, unlogged"},
		"row security off":       {change: func(p *catalog.Partition) { p.RowSecurity.On = false }, want: "tablespace fast, replica identity FULL, comment, unlogged"},
		"like the parent":        {rule: Rule{Like: LikeParent}, change: same, want: ""},
		"given":                  {rule: Rule{Tablespace: "own", Logging: Logged}, change: same, want: "row security on, replica identity FULL, comment"},
		"it could not be made":   {table: catalog.Table{Unlike: "no rights"}, change: same, want: ""},
		"the newest of somebody": {change: func(p *catalog.Partition) { p.Trusted = false }, want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			c.table.ReplicaIdentity = "d"
			newest := partition(c.change)
			l := Of(&c.table, c.rule, false, newest, []*catalog.Partition{partition(same), newest})
			text := ""
			for i, one := range l.Texts() {
				if i > 0 {
					text += ", "
				}
				text += one
			}
			is.Equal(text, c.want)
		})
	}
}

// A table without partitions is the parent's like, and asks nothing.
func TestWithoutPartitions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	table := catalog.Table{RowSecurity: true, Grants: []catalog.Grant{{Grantee: "app", Privilege: "SELECT"}}}
	l := Of(&table, Rule{}, true, nil, nil)
	_, asks := l.Own()
	is.True(!asks)
	made := l.Table(catalog.Name{Table: "p"})
	is.True(made.Security.On)
	is.Equal(made.Grants, nil) // they would go around the policies
	table.RowSecurity = false
	is.Equal(len(Of(&table, Rule{}, true, nil, nil).Table(catalog.Name{Table: "p"}).Grants), 1)
}
