package ddl

import (
	"testing"

	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/catalog"
)

// Only where nothing but columns is named may a definition be run under any search_path.
func TestFindsByPath(t *testing.T) {
	t.Parallel()
	for def, want := range map[string]bool{
		"USING btree (id)": false,
		`USING btree (id DESC NULLS LAST, "Odd ""one""", b NULLS FIRST) INCLUDE (c, d) NULLS NOT DISTINCT`: false,
		"PRIMARY KEY (id)": false,
		"UNIQUE NULLS NOT DISTINCT (id, at) DEFERRABLE INITIALLY DEFERRED": false,
		"USING btree (id int8_ops)":                                        true,
		`USING btree (v COLLATE "C")`:                                      true,
		"USING btree (lower(v))":                                           true,
		"USING btree ((id + 1))":                                           true,
		"USING btree (id) WHERE (id > 3)":                                  true,
		"USING btree (id) WITH (fillfactor='70')":                          true,
		"EXCLUDE USING btree (id WITH =)":                                  true,
		"UNIQUE (id, during WITHOUT OVERLAPS)":                             true,
	} {
		t.Run(def, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			is.Equal(FindsByPath(catalog.Own{Kind: catalog.OwnIndex, Def: def}), want)
			is.Equal(FindsByPath(catalog.Own{Kind: catalog.OwnCheck, Def: def}), true)
			is.Equal(FindsByPath(catalog.Own{Kind: catalog.OwnTarget, Def: def}), false)
		})
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]catalog.Own{
		`CREATE UNIQUE INDEX "N" ON s."T" USING btree (id);`: {Kind: catalog.OwnIndex, Head: "UNIQUE ", Def: "USING btree (id)"},
		`ALTER TABLE s."T" ADD CONSTRAINT "N" UNIQUE (id);`:  {Kind: catalog.OwnConstraint, Def: "UNIQUE (id)"},
		`CREATE CONSTRAINT TRIGGER "N" AFTER INSERT ON s."T" FOR EACH ROW EXECUTE FUNCTION f();ALTER TABLE s."T" ENABLE REPLICA TRIGGER "N";`: {Kind: catalog.OwnTrigger, Head: "CONSTRAINT ", Def: "AFTER INSERT ON \x02 FOR EACH ROW EXECUTE FUNCTION f()", State: "R"},
		`CREATE STATISTICS IF NOT EXISTS s."N" ON a, b FROM s."T";`:                                                                           {Kind: catalog.OwnStatistics, Def: " ON a, b"},
		`CREATE POLICY "N" ON s."T" TO PUBLIC USING (true);`:                                                                                  {Kind: catalog.OwnPolicy, Def: "TO PUBLIC USING (true)"},
		`ALTER TABLE s."T" ALTER COLUMN "C" SET STATISTICS 7;`:                                                                                {Kind: catalog.OwnTarget, Name: "C", Def: "7"},
		`ALTER TABLE s."T" ALTER COLUMN "C" SET (n_distinct=3);`:                                                                              {Kind: catalog.OwnOptions, Name: "C", Def: "n_distinct=3"},
		`ALTER TABLE s."T" ALTER COLUMN "C" SET NOT NULL;`:                                                                                    {Kind: catalog.OwnNotNull, Name: "C"},
		`COMMENT ON COLUMN s."T"."C" IS 'it''s';`:                                                                                             {Kind: catalog.OwnComment, Name: "C", Def: "it's"},
		`ALTER TABLE s."T" SET (toast.autovacuum_enabled = 'off');`:                                                                           {Kind: catalog.OwnToast, Def: "autovacuum_enabled=off"},
		``: {Kind: catalog.OwnRule, Name: "r"},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, s := range Own(o, catalog.Name{Schema: "s", Table: "T"}, "N") {
				got += s.SQL + ";"
			}
			is.New(t).Equal(got, want)
		})
	}
}
