package catalog

// Name is the name of a relation, unquoted.
type Name struct{ Schema, Table string }
