package main

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/lifecycle"
	"github.com/partsmith/partsmith-migrate/core/planner"
	"github.com/partsmith/partsmith-migrate/document"
	"github.com/partsmith/partsmith-migrate/internal/exit"
)

// work is a document that was read, and what of it a command is about.
type work struct {
	shell
	settings
	document *document.Document
	tasks    []lifecycle.Task
	doing    string // the command, as it is told to the server
}

// begin reads flags and document, and nothing else. Its errors are those of usage.
func (sh shell) begin(c *cli.Context) (work, error) {
	set, err := sh.settings(c)
	if err != nil {
		return work{}, err
	}
	read, err := document.Read(sh.lookup, set.files...)
	if err != nil {
		return work{}, err
	}
	tasks, err := choose(read.Tasks(), set.tables)
	return work{sh, set, read, tasks, nameOf(c.Command)}, err
}

// choose leaves the tables that were asked for; none asked for are all.
func choose(tasks []lifecycle.Task, names []string) ([]lifecycle.Task, error) {
	if len(names) == 0 {
		return tasks, nil
	}
	wanted := map[int]bool{}
	for _, text := range names {
		name, err := catalog.ParseName(text)
		if err != nil {
			return nil, exit.Usagef("--table: %s", err)
		}
		i, err := find(tasks, name)
		if err != nil {
			return nil, err
		}
		wanted[i] = true
	}
	var chosen []lifecycle.Task
	for i, t := range tasks {
		if wanted[i] {
			chosen = append(chosen, t)
		}
	}
	return chosen, nil
}

// find is the one task of that name. Where either side leaves the schema to the search_path, the table's own name decides.
func find(tasks []lifecycle.Task, name catalog.Name) (int, error) {
	exact := func(t lifecycle.Task) bool { return t.Table == name }
	if i := slices.IndexFunc(tasks, exact); i >= 0 {
		return i, nil
	}
	found := -1
	for i, t := range tasks {
		if t.Table.Table != name.Table || t.Table.Schema != "" && name.Schema != "" {
			continue
		}
		if found >= 0 {
			return 0, exit.Usagef("--table: %s could be %s or %s; name it with its schema", name, tasks[found].Table, t.Table)
		}
		found = i
	}
	if found < 0 {
		return 0, exit.Usagef("--table: the document has no table %s", name)
	}
	return found, nil
}

// sessions are named after the command, and whatever more is said; a server that is not up yet is waited for.
func (w work) sessions(more string) session.Options {
	return session.Options{Doing: w.doing + more, For: w.connectFor, Waiting: func(err error) {
		w.log.Warn("wait for the server", "for", w.connectFor, "because", err)
	}}
}

// connect opens the database, and one session on it.
func (w work) connect(ctx context.Context) (*sql.DB, *sql.Conn, error) {
	url := w.url
	if url == "" {
		var err error
		if url, err = w.document.DatabaseURL(); err != nil {
			return nil, nil, err
		}
	}
	database, err := session.Open(ctx, url, w.sessions(""))
	if err != nil {
		return nil, nil, err
	}
	conn, err := database.Conn(ctx)
	if err != nil {
		_ = database.Close() // the connection's error is the one to tell
		return nil, nil, err
	}
	return database, conn, nil
}

// read plans everything, and changes nothing.
func (w work) read(ctx context.Context, conn *sql.Conn) (planner.Reading, error) {
	return w.readBy(ctx, conn, planner.Read)
}

// readBy reads by ReadPlans, or by ReadDue where the plans are enough.
func (w work) readBy(ctx context.Context, conn *sql.Conn, by func(context.Context, *sql.Conn, []lifecycle.Task, time.Time) (planner.Reading, error)) (planner.Reading, error) {
	reading, err := by(ctx, conn, w.tasks, w.at)
	if err != nil {
		return planner.Reading{}, err
	}
	if len(reading.Tables) == 0 {
		return reading, nil
	}
	first := &reading.Tables[0].Plan
	first.Findings = append(first.Findings, w.mismatch(ctx, conn)...)
	if reading.Server.Recovery {
		first.Findings = append(first.Findings, onStandby())
	}
	return reading, nil
}

// onStandby is the finding that what was read is a copy.
func onStandby() lifecycle.Finding {
	return lifecycle.Finding{Code: "standby", Severity: lifecycle.Info,
		Message: "nothing can be changed on this server: it is a standby, and may be behind its primary",
		Remedy:  "Run `apply` and migrators on the primary (with several hosts in the database URL, target_session_attrs=read-write finds it)."}
}
