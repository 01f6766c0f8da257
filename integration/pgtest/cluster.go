package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// passwordGroup is a role whose members must give a password, while everybody else is trusted.
const passwordGroup = "pgtest_password"

// cluster is the data folder of a server that was not started yet.
type cluster struct {
	server  *Server
	user    account
	options Options
}

func (c cluster) create(ctx context.Context) error {
	if c.options.Primary != nil {
		return errors.Join(c.replicate(ctx, c.options.Primary), c.append("standby.signal", ""))
	}
	if err := c.initdb(ctx); err != nil {
		return err
	}
	if err := c.append("postgresql.conf", c.settings()); err != nil {
		return err
	}
	if err := c.replaceAccess(); err != nil {
		return err
	}
	if c.options.Standby {
		return c.append("standby.signal", "")
	}
	return nil
}

// initdb takes the locale C because every machine has it; strings are UTF-8 all the same. A WAL segment of one megabyte
// spares the writing of sixteen.
func (c cluster) initdb(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.server.Installation.program("initdb"), "--pgdata", c.server.data(), "--username", "postgres",
		"--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--wal-segsize", "1")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = c.server.dir, environment(c.server.dir), c.user.attributes()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run initdb: %w: %s", err, lastLines(said.String(), 10))
	}
	return nil
}

// settings: nothing is made safe against a crash; a lock table with room for plans over thousands of partitions in one transaction.
func (c cluster) settings() string {
	s := map[string]string{
		"listen_addresses":            "''",
		"unix_socket_directories":     "''",
		"port":                        fmt.Sprint(c.server.port),
		"fsync":                       "off",
		"full_page_writes":            "off",
		"synchronous_commit":          "off",
		"shared_buffers":              "'64MB'",
		"max_wal_size":                "'128MB'",
		"max_connections":             "200",
		"max_locks_per_transaction":   "256",
		"max_prepared_transactions":   "0",
		"wal_level":                   "logical",
		"timezone":                    "'UTC'",
		"log_timezone":                "'UTC'",
		"lc_messages":                 "'C'",
		"log_line_prefix":             "'%m [%p] %d '",
		"restart_after_crash":         "off",
		"log_min_error_statement":     "panic",
		"log_checkpoints":             "off",
		"log_autovacuum_min_duration": "-1",
	}
	if c.server.host == c.server.dir {
		s["unix_socket_directories"] = quoteSetting(c.server.dir)
	} else {
		s["listen_addresses"] = quoteSetting(c.server.host)
	}
	maps.Copy(s, c.options.Settings)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(&text, "%s = %s\n", name, s[name])
	}
	return text.String()
}

func (c cluster) replaceAccess() error {
	var text strings.Builder
	for _, kind := range []string{"local all %s %s\n", "host all %s all %s\n"} {
		fmt.Fprintf(&text, kind, "+"+passwordGroup, "scram-sha-256")
		fmt.Fprintf(&text, kind, "all", "trust")
	}
	text.WriteString("local replication all trust\nhost replication all all trust\n")
	return os.WriteFile(filepath.Join(c.server.data(), "pg_hba.conf"), []byte(text.String()), 0o600)
}

func (c cluster) append(name, text string) error {
	path := filepath.Join(c.server.data(), name)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString("\n" + text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return c.user.own(path)
}

// environment keeps the variables of libpq and the locale of whoever runs the tests away from the server.
func environment(home string) []string {
	env := []string{"HOME=" + home, "TMPDIR=" + home, "LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func quoteSetting(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
