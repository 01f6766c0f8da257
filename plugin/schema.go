package plugin

// schema is the part of JSON Schema (draft 2020-12) that documents need.
type schema struct {
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
	Items       *schema           `json:"items,omitempty"`
	Properties  map[string]schema `json:"properties,omitempty"`
	Required    []string          `json:"required,omitempty"`
	Additional  any               `json:"additionalProperties,omitempty"` // false, or a schema
	AnyOf       []schema          `json:"anyOf,omitempty"`
	Examples    []any             `json:"examples,omitempty"`
	Defs        map[string]schema `json:"$defs,omitempty"`
}
