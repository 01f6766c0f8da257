package atlasext

import (
	"context"
	"database/sql"

	"errors"
)

type run struct {
	Runner
	conn *sql.Conn
}

func (r Runner) on(conn *sql.Conn) *run { return &run{Runner: r, conn: conn} }

func (r *run) plan(context.Context) (*Plan, error) {
	return nil, errors.New("plan schema: not there yet")
}
func (r *run) run(context.Context) (*Report, error) {
	return nil, errors.New("change schema: not there yet")
}
