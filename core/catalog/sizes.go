package catalog

import (
	"context"
	"database/sql"
	_ "embed" // sizes.sql
	"fmt"
)

//go:embed sizes.sql
var sizesQuery string

// Locks are waited for at most sizeTries times sizePatience together.
const (
	sizeTries    = 8
	sizePatience = "20ms"
)

// Sizes measures relations with their indexes and TOAST, in bytes, each without what is below it. One that is locked
// under ACCESS EXCLUSIVE, or is gone, is left out; nobody is waited for longer than 160 ms in all. It takes ACCESS SHARE on what it
// measures, each try in a transaction of its own, by Reading: a lock that comes up in the meantime aborts it.
func Sizes(ctx context.Context, conn *sql.Conn, oids []uint32) (map[uint32]int64, error) {
	for try := 1; ; try++ {
		var sizes map[uint32]int64
		err := Reading(ctx, conn, func(r *Reader) (err error) {
			sizes, err = r.measure(ctx, oids)
			return err
		})
		if err == nil {
			return sizes, nil
		}
		if sqlState(err) != "55P03" {
			return nil, fmt.Errorf("measure relations: %w", err)
		}
		if try == sizeTries {
			return map[uint32]int64{}, nil
		}
	}
}

func (r *Reader) measure(ctx context.Context, oids []uint32) (map[uint32]int64, error) {
	sizes := map[uint32]int64{}
	var oid int64
	var bytes sql.NullInt64
	err := r.Each(ctx, sizesQuery, []any{ArrayOf(oids), sizePatience}, []any{&oid, &bytes}, func() {
		if bytes.Valid {
			sizes[uint32(oid)] = bytes.Int64
		}
	})
	return sizes, err
}
