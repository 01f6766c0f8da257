package lifecycle

import (
	"errors"
	"fmt"

	"github.com/partsmith/partsmith-migrate/core/level"
)

func (m *maker) misfit(err error) {
	f := Finding{Code: "misfit", Severity: Error,
		Message: fmt.Sprintf("table %s does not fit its policy: %s", m.table.Name, err),
		Remedy:  "Change the policy or the table; nothing is done for it until they fit."}
	var known *level.Misfit
	var field *PolicyError
	switch {
	case errors.As(err, &known):
		f.Remedy = known.Remedy
	case errors.As(err, &field):
		f.Remedy = fmt.Sprintf("Correct `%s` in the policy.", field.Field)
	}
	m.find(f)
}
