package resolution

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/wasilibs/go-pgquery"
)

// statement is one statement as the parser of PostgreSQL reads it.
type statement struct {
	text string
	node map[string]any // one key, the kind of statement
}

// parse reads the statements of a message.
func parse(message string) ([]statement, error) {
	text, err := pg_query.ParseToJSON(message)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", message, err)
	}
	var tree struct {
		Stmts []struct {
			Stmt     map[string]any
			Location int `json:"stmt_location"`
			Len      int `json:"stmt_len"`
		}
	}
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, err
	}
	var all []statement
	for _, s := range tree.Stmts {
		end := len(message)
		if s.Len > 0 {
			end = s.Location + s.Len
		}
		all = append(all, statement{text: strings.TrimSpace(message[s.Location:end]), node: s.Stmt})
	}
	return all, nil
}

// open are the names in a statement that the search_path resolves.
func (s statement) open() []string {
	n := namer{ctes: map[string]bool{}}
	n.walk(s.node, n.cte)
	n.walk(s.node, n.look)
	return n.open
}

// namer gathers names without schema.
type namer struct {
	ctes map[string]bool
	open []string
}

func (n *namer) walk(node any, visit func(kind string, of map[string]any)) {
	switch node := node.(type) {
	case []any:
		for _, inner := range node {
			n.walk(inner, visit)
		}
	case map[string]any:
		for _, kind := range sortedKeys(node) {
			if of, ok := node[kind].(map[string]any); ok {
				visit(kind, of)
			}
			n.walk(node[kind], visit)
		}
	}
}

func sortedKeys(node map[string]any) []string {
	var keys []string
	for k := range node {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (n *namer) cte(kind string, of map[string]any) {
	if kind == "CommonTableExpr" {
		n.ctes[of["ctename"].(string)] = true
	}
}

// look is what resolves names in PostgreSQL's grammar. The parser fills a field of a fixed type in without naming the type, so
// a relation is known by the name of the field as well.
func (n *namer) look(kind string, of map[string]any) {
	switch kind {
	case "A_Expr":
		n.expression(of)
	case "FuncCall":
		n.needs("function", of["funcname"])
	case "TypeName", "typeName":
		n.needs("type", of["names"])
	case "CollateClause", "collClause":
		n.needs("collation", of["collname"])
	case "RangeVar", "relation", "view", "name", "pktable", "rel":
		n.relation(of)
	case "SubLink":
		if strings.HasPrefix(str(of["subLinkType"]), "AN") || strings.HasPrefix(str(of["subLinkType"]), "ALL") {
			n.needs("operator of a subquery", of["operName"])
		}
	case "JoinExpr":
		if of["usingClause"] != nil || of["isNatural"] != nil {
			n.open = append(n.open, "JOIN USING")
		}
	case "CaseExpr":
		if of["arg"] != nil {
			n.open = append(n.open, "CASE x WHEN")
		}
	case "SortBy":
		if of["useOp"] != nil {
			n.needs("operator of ORDER BY", of["useOp"])
		}
	case "DropStmt":
		for _, object := range list(of["objects"]) {
			if inner, ok := object.(map[string]any)["List"].(map[string]any); ok {
				n.needs("object", inner["items"])
			}
		}
	case "CommentStmt":
		if inner, ok := of["object"].(map[string]any)["List"].(map[string]any); ok {
			n.needs("object", inner["items"])
		}
	case "DoStmt":
		n.open = append(n.open, "DO, whose text is not looked into")
	}
}

func (n *namer) expression(of map[string]any) {
	kind := strings.TrimPrefix(str(of["kind"]), "AEXPR_")
	switch kind {
	case "OP", "OP_ANY", "OP_ALL":
		n.needs("operator", of["name"])
	default: // IN, LIKE, BETWEEN, DISTINCT, NULLIF: their operator cannot be qualified
		n.open = append(n.open, kind)
	}
}

func (n *namer) relation(of map[string]any) {
	name, isName := of["relname"].(string)
	if isName && str(of["schemaname"]) == "" && !n.ctes[name] {
		n.open = append(n.open, "relation "+name)
	}
}

// needs notes a name of one part.
func (n *namer) needs(what string, name any) {
	var parts []string
	for _, part := range list(name) {
		if inner, ok := part.(map[string]any)["String"].(map[string]any); ok {
			parts = append(parts, str(inner["sval"]))
		}
	}
	if len(parts) < 2 {
		n.open = append(n.open, what+" "+strings.Join(parts, "."))
	}
}

func list(v any) []any { l, _ := v.([]any); return l }

func str(v any) string { s, _ := v.(string); return s }

// Each kind of name must be found where it is not qualified, and only there.
func TestNamesThatTheSearchPathResolvesAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"select a.x operator(pg_catalog.=) 1 from s.a": "",
		"select 1 = 2":       "operator =",
		"select -x from s.a": "operator -",
		"select x::oid, y::pg_catalog.oid from s.a":                        "type oid",
		"select x::bigint, cast(y as boolean) from s.a":                    "",
		"select '{}'::text[]":                                              "type text",
		"select count(*), pg_catalog.max(x) from s.a":                      "function count",
		"select 1 from a":                                                  "relation a",
		"with w as (select 1) select 1 from w":                             "",
		"select 1 where x in (1, 2)":                                       "IN",
		"select 1 where x not in (select 1)":                               "operator of a subquery ",
		"select 1 where x operator(pg_catalog.=) any (select 1)":           "",
		"select 1 where x operator(pg_catalog.=) any (array['a'])":         "",
		"select 1 where x = any (array['a'])":                              "operator =",
		"select 1 where x like 'a'":                                        "LIKE",
		"select 1 where x between 1 and 2":                                 "BETWEEN",
		"select 1 where x is distinct from 2":                              "DISTINCT",
		"select nullif(1, 2)":                                              "NULLIF",
		"select case 1 when 2 then 3 end":                                  "CASE x WHEN",
		"select case when true then 3 end, coalesce(1, 2)":                 "",
		"select (1, 2) = (3, 4)":                                           "operator =",
		"select 1 from s.a join s.b using (x)":                             "JOIN USING",
		"select 1 from s.a natural join s.b":                               "JOIN USING",
		"select x from s.a order by x using <":                             "operator of ORDER BY <",
		`select x collate "C" from s.a`:                                    "collation C",
		"select extract(epoch from x), x at time zone 'UTC', current_user": "",
		"alter table s.a attach partition b default":                       "relation b",
		"alter table s.a detach partition s.b concurrently":                "",
		"alter table a detach partition s.b concurrently":                  "relation a",
		"alter table s.a add check (x < 1)":                                "operator <",
		"create table s.b (like a including all)":                          "relation a",
		"create table s.b (x text)":                                        "type text",
		"drop table s.a, b":                                                "object b",
		"comment on table a is 'x'":                                        "object a",
		"lock table a in access exclusive mode":                            "relation a",
		"do 'begin end'":                                                   "DO, whose text is not looked into",
		"set local lock_timeout = '1s'":                                    "",
	} {
		is := is.New(t)
		statements, err := parse(text)
		is.NoErr(err)
		is.Equal(strings.Join(statements[0].open(), ", "), want) // text
	}
}
