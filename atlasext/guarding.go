package atlasext

import "context"

// guard takes the difference and asks every guard.
func (r *run) guard(_ context.Context, v *view) (err error) {
	v.changes, err = r.difference(v)
	return err
}
