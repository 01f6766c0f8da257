package form

// Schema is the part of JSON Schema (draft 2020-12) that documents need.
type Schema struct {
	Schema      string            `json:"$schema,omitempty"`
	ID          string            `json:"$id,omitempty"`
	Ref         string            `json:"$ref,omitempty"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Type        any               `json:"type,omitempty"` // a string, or a []string
	Const       any               `json:"const,omitempty"`
	Enum        []any             `json:"enum,omitempty"`
	Pattern     string            `json:"pattern,omitempty"`
	Minimum     *int              `json:"minimum,omitempty"`
	MinLength   int               `json:"minLength,omitempty"`
	MinItems    int               `json:"minItems,omitempty"`
	MinProps    int               `json:"minProperties,omitempty"`
	MaxProps    int               `json:"maxProperties,omitempty"`
	Items       *Schema           `json:"items,omitempty"`
	Properties  map[string]Schema `json:"properties,omitempty"`
	Required    []string          `json:"required,omitempty"`
	Additional  any               `json:"additionalProperties,omitempty"` // false, or a schema
	AnyOf       []Schema          `json:"anyOf,omitempty"`
	Examples    []any             `json:"examples,omitempty"`
	Defs        map[string]Schema `json:"$defs,omitempty"`
}

// ObjectSchema is a map that has these fields and no others.
func ObjectSchema[T any](fields []Field[T]) Schema {
	s := Schema{Type: "object", Properties: map[string]Schema{}, Additional: false}
	for _, f := range fields {
		property := f.Schema
		property.Description, property.Examples = f.doc, f.examples
		s.Properties[f.Name] = property
		if f.required {
			s.Required = append(s.Required, f.Name)
		}
	}
	return s
}
