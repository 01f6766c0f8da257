package document

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/partsmith/partsmith-migrate/core/lock"
	"github.com/partsmith/partsmith-migrate/document/internal/form"
)

// draft is one file of a document while it is read.
type draft struct {
	version  int
	database *form.Node
	lock     stated[string]
	retire   stated[bool]
	defaults *form.Node
	tables   *form.Node
}

// stated is a setting with the place where it was made, so that two files that contradict each other can be named.
type stated[V any] struct {
	value V
	node  *form.Node // nil: not given
}

func statedKind[V any](k form.Kind[V]) form.Kind[stated[V]] {
	return form.Kind[stated[V]]{Schema: k.Schema, Read: func(r *form.Reader, n *form.Node) (stated[V], bool) {
		value, ok := k.Read(r, n)
		return stated[V]{value, n}, ok
	}}
}

func versionKind() form.Kind[int] {
	return form.Kind[int]{
		Schema: form.Schema{Const: formatVersion},
		Read: func(r *form.Reader, n *form.Node) (int, bool) {
			if n.Shape != form.ScalarShape || n.Str || n.Text != strconv.Itoa(formatVersion) {
				r.WrongShape(n, "1, the version of the format that is read here")
				return 0, false
			}
			return formatVersion, true
		},
	}
}

// formatVersion is the version of the format that is read here.
const formatVersion = 1

func lockKind() form.Kind[string] {
	text := form.TextKind()
	return form.Kind[string]{Schema: text.Schema, Read: func(r *form.Reader, n *form.Node) (string, bool) {
		name, ok := text.Read(r, n)
		if !ok {
			return "", false
		}
		if _, err := lock.ParseScheme(name); err != nil {
			r.Misread(n, "no such lock"+form.Suggestion(n.Text, lockNames()), name, causeOf(err))
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
func readDraft(r *form.Reader, open func(string) (fs.File, error), path string) *draft {
	content, err := form.ReadFile(open, path)
	if err != nil {
		r.Note(&form.Error{Place: form.Place{File: path}, What: "cannot be read: " + form.Reason(err), Err: err})
		return nil
	}
	root, wrong := form.Parse(path, content)
	if wrong != nil {
		r.Note(wrong)
		return nil
	}
	d := &draft{}
	form.Object(r, root, "the document", documentFields(), d)
	return d
}

// readLevels reads the entries of `tables`, each with the defaults it takes.
func readLevels(r *form.Reader, d *draft) []*level {
	if d.defaults != nil {
		readLevel(r, d.defaults, "defaults", defaultsFields())
	}
	if d.tables == nil {
		return nil
	}
	var all []*level
	for _, entry := range d.tables.Items {
		before := len(r.Errs)
		l, _ := readLevel(r, withDefaults(entry, d.defaults), "a table", tableFields())
		if len(r.Errs) == before {
			l.settle(nil)
			all = append(all, l)
		}
	}
	return all
}

// withDefaults is the entry with those defaults that it neither gives itself nor, being divided by a list or a hash,
// has no use for.
func withDefaults(entry, defaults *form.Node) *form.Node {
	if entry.Shape != form.MapShape || defaults == nil {
		return entry
	}
	given := map[string]bool{}
	for _, p := range entry.Pairs {
		given[p.Key.Text] = true
	}
	if given["list"] || given["hash"] {
		for _, f := range gridFields() {
			given[f.Name] = true
		}
	}
	merged := *entry
	merged.Pairs = slices.Clone(entry.Pairs)
	for _, p := range defaults.Pairs {
		if _, known := form.Find(defaultsFields(), p.Key.Text); known && !given[p.Key.Text] {
			merged.Pairs = append(merged.Pairs, p)
		}
	}
	return &merged
}
