package plugin

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/lock"
)

// draft is one file of a document while it is read.
type draft struct {
	version  int
	database *node
	lock     stated[string]
	retire   stated[bool]
	defaults *node
	tables   *node
}

// stated is a setting with the place where it was made, so that two files that contradict each other can be named.
type stated[V any] struct {
	value V
	node  *node // nil: not given
}

func statedKind[V any](k kind[V]) kind[stated[V]] {
	return kind[stated[V]]{schema: k.schema, read: func(r *reader, n *node) (stated[V], bool) {
		value, ok := k.read(r, n)
		return stated[V]{value, n}, ok
	}}
}

func versionKind() kind[int] {
	return kind[int]{
		schema: schema{Const: formatVersion},
		read: func(r *reader, n *node) (int, bool) {
			if n.shape != scalarShape || n.str || n.text != strconv.Itoa(formatVersion) {
				r.wrongShape(n, "1, the version of the format that is read here")
				return 0, false
			}
			return formatVersion, true
		},
	}
}

// formatVersion is the version of the format that is read here.
const formatVersion = 1

func lockKind() kind[string] {
	text := textKind()
	return kind[string]{schema: text.schema, read: func(r *reader, n *node) (string, bool) {
		name, ok := text.read(r, n)
		if !ok {
			return "", false
		}
		if _, err := lock.ParseScheme(name); err != nil {
			r.misread(n, "no such lock"+suggestion(n.text, lockNames()), name, causeOf(err))
			return "", false
		}
		return name, true
	}}
}

// lockNames are the locks with a name of their own.
func lockNames() []string {
	return []string{"goose", "goose-3.25", "atlas", "golang-migrate", "tern", "pg-partsmith", "none"}
}

func causeOf(err error) string {
	var scheme *lock.SchemeError
	if errors.As(err, &scheme) && scheme.Cause != "" {
		return scheme.Cause
	}
	return "there are " + strings.Join(lockNames(), ", ") + ", name:<text>, id:<number>"
}

// readDraft reads one file. It gives nil where the file could not be read at all.
func (r *reader) readDraft(path string) *draft {
	content, err := readFile(path)
	if err != nil {
		r.note(&DocumentError{Place: Place{File: path}, What: "cannot be read: " + reason(err), Err: err})
		return nil
	}
	root, wrong := parseTree(path, content)
	if wrong != nil {
		r.note(wrong)
		return nil
	}
	d := &draft{}
	object(r, root, "the document", documentFields(), d)
	return d
}

// levels reads the entries of `tables`, each with the defaults it takes.
func (r *reader) levels(d *draft) []*level {
	if d.defaults != nil {
		r.level(d.defaults, "defaults", defaultsFields())
	}
	if d.tables == nil {
		return nil
	}
	var all []*level
	for _, entry := range d.tables.items {
		before := len(r.errs)
		l, _ := r.level(withDefaults(entry, d.defaults), "a table", tableFields())
		if len(r.errs) == before {
			l.settle(nil)
			all = append(all, l)
		}
	}
	return all
}

// withDefaults is the entry with those defaults that it neither gives itself nor, being divided by a list or a hash,
// has no use for.
func withDefaults(entry, defaults *node) *node {
	if entry.shape != mapShape || defaults == nil {
		return entry
	}
	given := map[string]bool{}
	for _, p := range entry.pairs {
		given[p.key.text] = true
	}
	if given["list"] || given["hash"] {
		for _, f := range gridFields() {
			given[f.name] = true
		}
	}
	merged := *entry
	merged.pairs = slices.Clone(entry.pairs)
	for _, p := range defaults.pairs {
		if _, known := find(defaultsFields(), p.key.text); known && !given[p.key.text] {
			merged.pairs = append(merged.pairs, p)
		}
	}
	return &merged
}
