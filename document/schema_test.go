package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

func TestSchemaIsUpToDate(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	want, err := makeSchema()
	is.NoErr(err)
	if *update {
		is.NoErr(os.WriteFile("partsmith.schema.json", want, 0o644))
		return
	}
	is.Equal(string(Schema()), string(want)) // go test ./document -run SchemaIsUpToDate -update
}

// The schema and the parser are made of the same fields; that they agree on whole documents as well is held here.
func TestSchemaTakesWhatIsRead(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.yaml")
	is.New(t).NoErr(err)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			is.New(t).NoErr(err)
			is.New(t).NoErr(checkSchema(t, string(text)))
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no version":            "lock: goose\n",
		"another version":       "version: 2\n",
		"quoted version":        "version: '1'\n",
		"unknown field":         "version: 1\nlok: goose\n",
		"unknown in a table":    day("    kep: 3\n"),
		"unknown in leaf":       day("    leaf: {tablespc: x}\n"),
		"no table":              "version: 1\ntables:\n  - every: 1 day\n",
		"no table named":        "version: 1\ntables:\n  - {table: [], every: 1 day}\n",
		"table in defaults":     "version: 1\ndefaults: {table: a}\n",
		"list in defaults":      "version: 1\ndefaults: {list: {a: b}}\n",
		"negative behind":       day("    behind: -1\n"),
		"max_retire of nothing": day("    max_retire: 0\n"),
		"another word":          day("    off_grid: drop\n"),
		"grants":                day("    grants: all\n"),
		"a map for keep":        day("    keep: {days: 3}\n"),
		"storage":               day("    leaf: {storage: [fillfactor]}\n"),
		"an empty list":         table + "    list: {}\n",
		"an empty group":        table + "    list: {a: []}\n",
		"within without column": table + "    within: {every: 1 day}\n",
		"deep in within":        table + "    within: {column: a, hash: 2, within: {column: b, has: 2}}\n",
		"encoding":              day("    encoding: {snowflake: {epoch: 2020-01-01T00:00:00Z}}\n"),
		"database":              "version: 1\ndatabase: [a]\n",
		"no value":              day("    keep:\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if checkSchema(t, text) == nil {
				t.Error("the schema takes it")
			}
			if complaint(text) == "" {
				t.Error("the parser takes it")
			}
		})
	}
}

func TestFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	var documented func(path string, s form.Schema)
	documented = func(path string, s form.Schema) {
		for name, property := range s.Properties {
			if !strings.HasSuffix(property.Description, ".") || property.Examples == nil && property.Properties == nil && name != "tables" && name != "snowflake" {
				t.Errorf("%s.%s has no description or no examples", path, name)
			}
			documented(path+"."+name, property)
		}
		for _, inner := range s.AnyOf {
			documented(path, inner)
		}
		if s.Items != nil {
			documented(path, *s.Items)
		}
	}
	documented("", form.ObjectSchema(documentFields()))
	documented("within", form.ObjectSchema(withinFields(1)))
}

// checkSchema checks a document against the schema, with as much of draft 2020-12 as the schema uses.
func checkSchema(t testing.TB, text string) error {
	t.Helper()
	var root form.Schema
	var document any
	is.New(t).NoErr(json.Unmarshal(Schema(), &root))
	is.New(t).NoErr(yaml.Unmarshal([]byte(text), &document))
	return conforms(root, root, document)
}

func conforms(root, s form.Schema, value any) error {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		return conforms(root, root.Defs[name], value)
	}
	if s.Type != nil && !isType(s.Type, value) {
		return fmt.Errorf("%v is not of type %v", value, s.Type)
	}
	if s.Const != nil && !same(s.Const, value) {
		return fmt.Errorf("%v is not %v", value, s.Const)
	}
	if s.Enum != nil && !slices.ContainsFunc(s.Enum, func(word any) bool { return same(word, value) }) {
		return fmt.Errorf("%v is none of %v", value, s.Enum)
	}
	if s.AnyOf != nil && !slices.ContainsFunc(s.AnyOf, func(one form.Schema) bool { return conforms(root, one, value) == nil }) {
		return fmt.Errorf("%v fits nothing", value)
	}
	switch value := value.(type) {
	case string:
		return conformsText(s, value)
	case map[string]any:
		return conformsMap(root, s, value)
	case []any:
		return conformsList(root, s, value)
	}
	if n, ok := number(value); ok && s.Minimum != nil && n < float64(*s.Minimum) {
		return fmt.Errorf("%v is less than %d", value, *s.Minimum)
	}
	return nil
}

func conformsText(s form.Schema, value string) error {
	if len(value) < s.MinLength || s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(value) {
		return fmt.Errorf("%q is too short, or does not fit %s", value, s.Pattern)
	}
	return nil
}

func conformsMap(root, s form.Schema, value map[string]any) error {
	for _, name := range s.Required {
		if _, ok := value[name]; !ok {
			return fmt.Errorf("no %s", name)
		}
	}
	if len(value) < s.MinProps {
		return errors.New("too small")
	}
	for name, inner := range value {
		property, known := s.Properties[name]
		switch additional := s.Additional.(type) {
		case bool:
			if !known && !additional {
				return fmt.Errorf("unknown %s", name)
			}
		case map[string]any:
			text, err := json.Marshal(additional)
			if err == nil && !known {
				err = json.Unmarshal(text, &property)
			}
			if err != nil {
				return err
			}
		}
		if err := conforms(root, property, inner); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func conformsList(root, s form.Schema, value []any) error {
	if len(value) < s.MinItems {
		return errors.New("too short")
	}
	for _, item := range value {
		if s.Items == nil {
			continue
		}
		if err := conforms(root, *s.Items, item); err != nil {
			return err
		}
	}
	return nil
}

func isType(types, value any) bool {
	if list, ok := types.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return isType(one, value) })
	}
	n, numeric := number(value)
	switch types {
	case "integer":
		return numeric && n == math.Trunc(n)
	case "number":
		return numeric
	case "null":
		return value == nil
	case "object":
		return value != nil && reflect.TypeOf(value).Kind() == reflect.Map
	}
	kinds := map[any]reflect.Kind{"string": reflect.String, "boolean": reflect.Bool, "array": reflect.Slice}
	return value != nil && reflect.TypeOf(value).Kind() == kinds[types]
}

func number(value any) (float64, bool) {
	switch v := reflect.ValueOf(value); {
	case value == nil:
		return 0, false
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}

func same(a, b any) bool {
	x, xIs := number(a)
	y, yIs := number(b)
	return xIs && yIs && x == y || !xIs && !yIs && a == b
}
