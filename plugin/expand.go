package plugin

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// expander puts variables and files into texts of a document. What it puts in is never read as YAML.
type expander struct {
	lookup func(string) (string, bool)
}

// expandError says what could not be expanded, and shows it as the document has it.
type expandError struct {
	what, text string
	err        error
	vague      bool // text may be something else than the name of a variable
}

// expand replaces ${NAME}, ${file:/path} and $$. A dollar before anything else stands for itself.
func (e expander) expand(text string) (string, *expandError) {
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
				return "", &expandError{what: "a variable without its closing brace", text: "${"}
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

func (e expander) value(name string) (string, *expandError) {
	written := "${" + name + "}"
	if path, isFile := strings.CutPrefix(name, "file:"); isFile {
		return e.file(path, written)
	}
	if !isVariable(name) {
		return "", &expandError{what: "not the name of a variable", text: written, vague: true}
	}
	value, ok := "", false
	if e.lookup != nil {
		value, ok = e.lookup(name)
	}
	if !ok {
		return "", &expandError{what: "the variable is not set", text: written}
	}
	return value, nil
}

func (e expander) file(path, written string) (string, *expandError) {
	if !filepath.IsAbs(path) {
		return "", &expandError{what: "the path of a file must begin at the root", text: written}
	}
	content, err := readFile(path)
	if err != nil {
		return "", &expandError{what: "the file cannot be read: " + reason(err), text: written, err: err}
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

// readFile reads a file of at most maxBytes and a little, so that a wrong path (/dev/zero) does no harm.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
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

// reason is what the operating system said, without the path, which the message has already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
