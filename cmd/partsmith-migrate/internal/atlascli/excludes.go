package atlascli

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// ExcludesLine is the one value of --exclude that stands for all of them.
func ExcludesLine(patterns []string) string {
	values := make([]string, len(patterns))
	for i, p := range patterns {
		values[i] = Value(p)
	}
	return strings.Join(values, ",") + "\n"
}

// ExcludesLines is one value of --exclude on each line.
func ExcludesLines(patterns []string) string {
	var b strings.Builder
	for _, p := range patterns {
		fmt.Fprintln(&b, Value(p))
	}
	return b.String()
}

// ExcludesHCL is the attribute of an env in an atlas.hcl.
func ExcludesHCL(patterns []string) string {
	if len(patterns) == 0 {
		return "exclude = []\n"
	}
	var b strings.Builder
	b.WriteString("exclude = [\n")
	for _, p := range patterns {
		fmt.Fprintf(&b, "  %s,\n", hclwrite.TokensForValue(cty.StringVal(p)).Bytes())
	}
	b.WriteString("]\n")
	return b.String()
}
