package atlascli

import (
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"text/template"
	"time"

	"github.com/partsmith/partsmith-migrate/atlasext"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/wire"
)

// Format is what --format says.
type Format struct {
	JSON     bool
	Template *template.Template // nil: text or JSON
}

// ReadFormat reads text, json, or a template as Atlas takes it.
func ReadFormat(text string) (Format, error) {
	switch {
	case text == "json":
		return Format{JSON: true}, nil
	case text == "text":
		return Format{}, nil
	case !strings.Contains(text, "{{"):
		return Format{}, wrong("--format: %q is not known; there is text, json, or a template such as '{{ json . }}'", text)
	}
	t, err := template.New("format").Funcs(template.FuncMap{"json": encode}).Parse(text)
	if err != nil {
		return Format{}, wrong("--format: the template cannot be read: %s", err)
	}
	return Format{Template: t}, nil
}

// encode writes JSON: in one line, or with a prefix and an indent.
func encode(value any, indent ...string) (string, error) {
	if len(indent) == 0 {
		text, err := json.Marshal(value)
		return string(text), err
	}
	prefix := ""
	if len(indent) > 1 {
		prefix = indent[0]
	}
	text, err := json.MarshalIndent(value, prefix, indent[len(indent)-1])
	return string(text), err
}

// Document has the keys of Atlas's `schema apply`, and Partitions, which are tables as in our own JSON.
type Document struct {
	Driver     string
	URL        Address
	Changes    Changes
	Error      string `json:",omitempty"`
	Start, End time.Time
	Partitions any
}

// Address is a URL without password and settings.
type Address struct {
	*url.URL
	Schema string
}

// Changes are statements of the schema.
type Changes struct {
	Applied []string   `json:",omitempty"`
	Pending []string   `json:",omitempty"`
	Error   *StmtError `json:",omitempty"`
}

// StmtError is a statement that failed.
type StmtError struct {
	Stmt string `json:",omitempty"`
	Text string `json:",omitempty"`
}

// Planned is the document for a plan.
func (c Call) Planned(plan *atlasext.Plan, err error, start, end time.Time) Document {
	d := c.document(err, start, end)
	d.Partitions = wire.PlanTables(plan)
	if plan != nil {
		d.Changes.Pending = statements(plan.Changes)
	}
	return d
}

// Done is the document for a run.
func (c Call) Done(report *atlasext.Report, err error, start, end time.Time) Document {
	d := c.document(err, start, end)
	d.Partitions = wire.ResultTables(report)
	if report == nil {
		return d
	}
	d.Changes.Applied = statements(report.Applied)
	if report.Plan != nil && err != nil {
		d.Changes.Pending = statements(report.Plan.Changes[min(len(report.Applied), len(report.Plan.Changes)):])
	}
	return d
}

func (c Call) document(err error, start, end time.Time) Document {
	d := Document{Driver: "postgres", URL: Address{URL: &url.URL{}, Schema: c.Scope}, Start: start, End: end}
	if u, wrong := url.Parse(c.URL); wrong == nil {
		d.URL.URL = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	}
	if err == nil {
		return d
	}
	d.Error = session.Redact(err.Error())
	var failed *atlasext.ChangeError
	if errors.As(err, &failed) {
		d.Changes.Error = &StmtError{failed.Change.SQL, session.Redact(failed.Cause.Error())}
	}
	return d
}

// Write writes a document as the template says.
func (f Format) Write(w io.Writer, d Document) error {
	var b strings.Builder
	if err := f.Template.Execute(&b, d); err != nil {
		return wrong("--format: %s", err)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func statements(changes []atlasext.Change) (all []string) {
	for _, c := range changes {
		all = append(all, c.SQL)
	}
	return all
}
