package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// replicate makes the data folder a copy of a running server's, from which it then streams: what pg_basebackup does, which
// not every installation has.
func (c cluster) replicate(ctx context.Context, primary *Server) error {
	conn, err := pgx.Connect(ctx, primary.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	start, stop := "pg_backup_start('pgtest', true)", "pg_backup_stop(false)"
	if c.server.Installation.Major < 15 {
		start, stop = "pg_start_backup('pgtest', true, false)", "pg_stop_backup(false, false)"
	}
	if _, err := conn.Exec(ctx, "select "+start); err != nil {
		return fmt.Errorf("begin copy of primary: %w", err)
	}
	if err := copyData(primary.data(), c.server.data()); err != nil {
		return fmt.Errorf("copy primary: %w", err)
	}
	var label string
	if err := conn.QueryRow(ctx, "select labelfile from "+stop).Scan(&label); err != nil {
		return fmt.Errorf("end copy of primary: %w", err)
	}
	if err := os.WriteFile(filepath.Join(c.server.data(), "backup_label"), []byte(label), 0o600); err != nil {
		return err
	}
	source := fmt.Sprintf("primary_conninfo = %s\n", quoteSetting(fmt.Sprintf("host=%s port=%d user=postgres", primary.host, primary.port)))
	if err := c.append("postgresql.conf", c.settings()+source); err != nil {
		return err
	}
	return c.user.ownAll(c.server.data())
}

// copyData copies what a standby begins with: neither the log that it streams, nor what a server makes anew at its start.
// What goes away meanwhile is in the log.
func copyData(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		if top, _, _ := strings.Cut(filepath.ToSlash(name), "/"); slices.Contains(ownFiles(), top) || !entry.Type().IsRegular() {
			return nil
		}
		return copyFile(path, filepath.Join(to, name))
	})
}

// ownFiles are the files and the folders' contents that belong to one running server.
func ownFiles() []string {
	return []string{"postmaster.pid", "postmaster.opts", "pg_wal", "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial",
		"pg_snapshots", "pg_stat_tmp", "pg_subtrans"}
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// CatchUp returns when a replica shows all that its primary has committed before the call.
func (s *Server) CatchUp(ctx context.Context, primary *Server) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	written, err := text(ctx, primary, "select pg_catalog.pg_current_wal_insert_lsn()::pg_catalog.text")
	if err != nil {
		return fmt.Errorf("ask primary: %w", err)
	}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		shown, err := text(ctx, s, "select coalesce(pg_catalog.pg_last_wal_replay_lsn() >= '"+written+"', false)::pg_catalog.text")
		if err != nil || shown == "true" {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("await replica: %w: %s", ctx.Err(), s.Log())
		case <-again.C:
		}
	}
}

// text asks a server for one value.
func text(ctx context.Context, s *Server, query string) (value string, err error) {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	return value, conn.QueryRow(ctx, query).Scan(&value)
}
