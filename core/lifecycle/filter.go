package lifecycle

import (
	"slices"
)

// Due reports whether the plan changes anything.
func (p Plan) Due() bool { return len(p.Steps) > 0 }

// Operations are those of all steps, in order.
func (p Plan) Operations() []Operation {
	var ops []Operation
	for _, s := range p.Steps {
		ops = append(ops, s.Operations...)
	}
	return ops
}

// Only leaves the operations of these kinds, and the steps that prepare them.
func (p Plan) Only(kinds ...Kind) Plan {
	return p.keep(func(op Operation) bool { return slices.Contains(kinds, op.Kind) })
}

// Select leaves the operations on these partitions, named as SQL writes them (`public.events__2026_08_01`), and the
// steps that prepare them.
func (p Plan) Select(partitions ...string) Plan {
	return p.keep(func(op Operation) bool { return slices.Contains(partitions, op.Partition.String()) })
}

// keep leaves the operations that pass, and of the steps without operations those that prepare one of them. A step that
// prepares nothing tidies up after a killed run, and stays as long as anything of its phase does.
func (p Plan) keep(pass func(Operation) bool) Plan {
	kept := map[string]bool{}
	for _, op := range p.Operations() {
		kept[op.ID] = pass(op)
	}
	var steps []Step
	stays := map[bool]bool{} // whether anything of retirement, or of creation, does
	for _, s := range p.Steps {
		tidies := s.Tidies()
		s.Operations = slices.DeleteFunc(slices.Clone(s.Operations), func(op Operation) bool { return !kept[op.ID] })
		s.Prepares = slices.DeleteFunc(slices.Clone(s.Prepares), func(id string) bool { return !kept[id] })
		stays[s.Retires] = stays[s.Retires] || !s.Tidies()
		if tidies || !s.Tidies() {
			steps = append(steps, s)
		}
	}
	p.Steps = slices.DeleteFunc(steps, func(s Step) bool { return s.Tidies() && !stays[s.Retires] })
	p.After = p.RunwayWith(func(Operation) bool { return true })
	return p
}

// Tidies reports whether a step neither does nor prepares an operation.
func (s Step) Tidies() bool { return len(s.Operations) == 0 && len(s.Prepares) == 0 }

// Creation is the part of the plan that makes rows find a partition; it never removes anything.
func (p Plan) Creation() Plan { return p.phase(false) }

// Retirement is the part of the plan that finishes, detaches, unmarks and drops.
func (p Plan) Retirement() Plan { return p.phase(true) }

func (p Plan) phase(retires bool) Plan {
	p.Steps = slices.DeleteFunc(slices.Clone(p.Steps), func(s Step) bool { return s.Retires != retires })
	return p
}

// RunwayWith is the runway that there is when the operations that pass are done. It is that of the plan where the plan has no
// Horizon: then the table did not fit its policy.
func (p Plan) RunwayWith(pass func(Operation) bool) Runway {
	rule := p.Policy.rule()
	if p.Horizon.IsZero() || rule.CheckWidth() != nil {
		return p.Runway
	}
	covered := slices.Clone(p.Covered)
	for _, op := range p.Operations() {
		if pass(op) && (op.Kind == Create || op.Kind == Attach) {
			covered = append(covered, op.Window)
		}
	}
	r := p.Runway
	r.Until, r.Windows = rule.Runway(p.Cursor, covered)
	return r
}
