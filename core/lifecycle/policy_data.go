package lifecycle

import (
	"encoding/json"

	"github.com/partsmith/partsmith-migrate/core/period"
)

// written is a policy as JSON has it. A zone goes by its name; a calendar of the program's own is code, and left out.
type written struct {
	plain
	Zone     *string
	Calendar *struct{} `json:",omitempty"`
}

// plain is a policy without methods.
type plain Policy

// MarshalJSON writes the policy but for its Calendar, with the zone by its name.
func (p Policy) MarshalJSON() ([]byte, error) {
	w := written{plain: plain(p)}
	if p.Zone != nil {
		name := p.Zone.String()
		w.Zone = &name
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON writes; what is not there stays as it is, the Calendar with it. A zone must be one of the
// tz database, which is read for it.
func (p *Policy) UnmarshalJSON(text []byte) error {
	w := written{plain: plain(*p)}
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	zone := p.Zone
	if w.Zone != nil {
		found, err := period.ParseZone(*w.Zone)
		if err != nil {
			return err
		}
		zone = found
	}
	*p = Policy(w.plain)
	p.Zone = zone
	return nil
}

// GobEncode is MarshalJSON.
func (p Policy) GobEncode() ([]byte, error) { return p.MarshalJSON() }

// GobDecode is UnmarshalJSON.
func (p *Policy) GobDecode(text []byte) error { return p.UnmarshalJSON(text) }
