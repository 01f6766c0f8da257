package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Page is a text that is being written. Its zero value is empty and without colour.
type Page struct {
	Color bool
	text  strings.Builder
}

// String is the text so far.
func (p *Page) String() string { return p.text.String() }

func (p *Page) line(format string, args ...any) { fmt.Fprintf(&p.text, format+"\n", args...) }

func (p *Page) blank() {
	if p.text.Len() > 0 {
		p.text.WriteByte('\n')
	}
}

// color is a way to set text apart on a terminal.
type color string

const (
	bold   color = "1"
	dim    color = "2"
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	cyan   color = "36"
)

func (p *Page) paint(c color, text string) string {
	if !p.Color || c == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// rows writes cells in columns. A row's colour is that of its first cell.
func (p *Page) rows(indent string, rows []row) {
	var width []int
	for _, r := range rows {
		for i, cell := range r.cells {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, r := range rows {
		var line strings.Builder
		for i, cell := range r.cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2)
			if i == 0 {
				cell = p.paint(r.color, cell)
			}
			line.WriteString(cell + pad)
		}
		p.line("%s%s", indent, strings.TrimRight(line.String(), " "))
	}
}

type row struct {
	color color
	cells []string
}

func cells(c color, texts ...string) row { return row{c, texts} }
