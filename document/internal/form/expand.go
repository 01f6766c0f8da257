package form

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Expander puts variables and files into texts of a document. What it puts in is never read as YAML.
type Expander struct {
	Lookup func(string) (string, bool)
}

// ExpandError says what could not be expanded, and shows it as the document has it.
type ExpandError struct {
	What, Text string
	Err        error
	Vague      bool // Text may be something else than the name of a variable
}

// Expand replaces ${NAME}, ${file:/path} and $$. A dollar before anything else stands for itself.
func (e Expander) Expand(text string) (string, *ExpandError) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		switch {
		case !found:
			return out.String(), nil
		case strings.HasPrefix(rest, "$"):
			out.WriteByte('$')
			text = rest[1:]
		case strings.HasPrefix(rest, "{"):
			name, after, closed := strings.Cut(rest[1:], "}")
			if !closed {
				return "", &ExpandError{What: "a variable without its closing brace", Text: "${"}
			}
			value, err := e.value(name)
			if err != nil {
				return "", err
			}
			out.WriteString(value)
			text = after
		default:
			out.WriteByte('$')
			text = rest
		}
	}
}

func (e Expander) value(name string) (string, *ExpandError) {
	written := "${" + name + "}"
	if path, isFile := strings.CutPrefix(name, "file:"); isFile {
		return e.file(path, written)
	}
	if !isVariable(name) {
		return "", &ExpandError{What: "not the name of a variable", Text: written, Vague: true}
	}
	value, ok := "", false
	if e.Lookup != nil {
		value, ok = e.Lookup(name)
	}
	if !ok {
		return "", &ExpandError{What: "the variable is not set", Text: written}
	}
	return value, nil
}

func (e Expander) file(path, written string) (string, *ExpandError) {
	if !filepath.IsAbs(path) {
		return "", &ExpandError{What: "the path of a file must begin at the root", Text: written}
	}
	content, err := ReadFile(OpenFile, path)
	if err != nil {
		return "", &ExpandError{What: "the file cannot be read: " + Reason(err), Text: written, Err: err}
	}
	return strings.TrimRight(string(content), "\r\n"), nil
}

func isVariable(name string) bool {
	for i, c := range name {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// OpenFile opens a file of the machine.
func OpenFile(path string) (fs.File, error) { return os.Open(path) }

// ReadFile reads a file of at most maxBytes and a little, so that a wrong path (/dev/zero) does no harm.
func ReadFile(open func(string) (fs.File, error), path string) ([]byte, error) {
	file, err := open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err == nil && len(content) > maxBytes {
		err = fmt.Errorf("longer than %d bytes", maxBytes)
	}
	return content, err
}

// Reason is what the operating system said, without the path, which the message has already.
func Reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
