package document

import (
	_ "embed"
	"encoding/json"
	"slices"

	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

//go:generate go test . -run TestSchemaIsUpToDate -update

// file is the schema as it is checked in; a test holds it equal to makeSchema.
//
//go:embed partsmith.schema.json
var file []byte

// Schema is the JSON Schema (draft 2020-12) of policy documents, for editors and for checks outside this program.
// It describes the shape of a document; what Read refuses beyond that (a zone that does not exist, a table in
// two places) no schema can say.
func Schema() []byte { return slices.Clone(file) }

// makeSchema makes the schema of the same fields that the parser reads.
func makeSchema() ([]byte, error) {
	root := form.ObjectSchema(documentFields())
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.ID = "https://github.com/partsmith/partsmith-migrate/raw/main/document/partsmith.schema.json"
	root.Title = "partsmith.yaml"
	root.Description = "Which partitions of PostgreSQL tables must exist, and how long old ones are kept."
	root.Defs = map[string]form.Schema{"within": form.ObjectSchema(withinFields(1))}
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}
