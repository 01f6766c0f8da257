package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/interrupt"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// secretShapes are connection strings as people write them, right and wrong. The password is hunter2 or s3cr3t, or both with what
// must be encoded between them.
func secretShapes() (all []string) {
	for _, between := range []string{"@", ":", "/", "#", "?", "%", "%zz", " ", `\`, `"`, "'", "&", "=", ";", "@@", "://", "/1?x=", ",", "[", "$"} {
		all = append(all, "postgres://app:hunter2"+between+"s3cr3t@127.0.0.1:1/shop?connect_timeout=1")
	}
	return append(all,
		"postgres://app:12/s3cr3t@127.0.0.1:1/shop", "postgres://app:1?s3cr3t=hunter2@127.0.0.1:1/shop", "postgres://app:1#s3cr3t@127.0.0.1",
		"postgresql://app:hunter2@127.0.0.1:1/shop?sslmode=sometimes", "POSTGRES://app:hunter2@127.0.0.1:1/shop?sslmode=disable",
		" postgres://app:hunter2@127.0.0.1:1/shop", "postgres://app:hunter2@127.0.0.1:1,127.0.0.1:2/shop?connect_timeout=1",
		"postgres://127.0.0.1:1/shop?user=app&password=hunter2", "postgres://127.0.0.1:1/shop?pass%77ord=hunter2@s3cr3t",
		"postgres://127.0.0.1:1/shop?password=hunter2&s3cr3t&sslpassword=hunter2", "postgres://:hunter2@127.0.0.1:1/shop",
		"postgres://app:hunter2@[127.0.0.1:1/shop", "postgres://app:hunter2@127.0.0.1:port/shop", "jdbc:postgresql://127.0.0.1:1/shop?user=app&password=hunter2",
		"pgx5://app:hunter2@127.0.0.1:1/shop", "mysql://app:hunter2@tcp(127.0.0.1:1)/shop", "app:hunter2@127.0.0.1/shop", "//app:hunter2@127.0.0.1",
		"postgres:app:hunter2@127.0.0.1", "host=127.0.0.1 port=1 password=hunter2", "host=127.0.0.1 port=1 password='hunter2 s3cr3t'",
		`host=127.0.0.1 port=1 password='hunter2\'s3cr3t\\' user=app`, `host=127.0.0.1 port=1 password=hunter2\ s3cr3t`,
		"host=127.0.0.1 port=1 password = hunter2", "host=127.0.0.1 port=1 PASSWORD=hunter2", "host=127.0.0.1 password='hunter2",
		"host=127.0.0.1 port=1 password=hunter2 s3cr3t=x", "host=127.0.0.1 port=1 password=x hunter2 s3cr3t", `host=127.0.0.1 password="hunter2 s3cr3t"`,
		"host=127.0.0.1 port=1 sslpassword=hunter2 sslkey=/none sslcert=/none sslmode=require", "service=none password=hunter2",
		"password=hunter2", "postgres://app:hunter2@127.0.0.1:1/shop?options=-c%20x%3Ds3cr3t&password=hunter2",
	)
}

// secretPlace is where one of them may be written, as §.
type secretPlace struct {
	args, env, document string
}

func secretPlaces() []secretPlace {
	const table = "tables:\n  - {table: public.events, every: 1 day, ahead: 3}\n"
	var all []secretPlace
	args := func(lines ...string) {
		for _, line := range lines {
			all = append(all, secretPlace{args: line})
		}
	}
	args("§", "§ plan", "--§", "plan §", "plan --§", "plan --check=§", "demo §", "version §", "validate §", "exec §", "exec --lock goose -- §")
	for _, command := range []string{"validate", "plan", "plan --format json", "plan --format sql", "apply --format json --log-level debug --log-format json",
		"status --format json", "status --format prometheus", "apply --log-level debug", "exec --lock goose --log-level debug -- true"} {
		name, rest, _ := strings.Cut(command, " ")
		args(name + " --database-url § " + rest)
	}
	for _, flag := range []string{"table", "file", "at", "wait", "log-level", "log-format", "format", "max-retire", "jobs", "skip", "ddl-lock-timeout", "no-color"} {
		args("apply --"+flag+" §", "apply --"+flag+"=§ --log-format json")
	}
	args("exec --lock § -- true", "goose §", "goose § up", "goose postgres § up", "goose postgres § status", "goose up §", "goose up-to §", "goose -dir § up", "goose -dir=§ status",
		"goose -table § up", "goose -table § version", "goose -env § up", "goose -lock § up", "goose -timeout § up", "goose -§ up", "goose mysql § up", "goose --database-url § up", "goose --file § up")
	for _, flag := range []string{"url", "dev-url", "to", "schema", "exclude", "var", "config", "env", "tx-mode", "lock-name", "format", "lock-timeout", "file"} {
		args("atlas plan --url postgres://127.0.0.1:1/x --to file://none.hcl --" + flag + " §")
	}
	args("atlas §", "atlas plan §", "atlas apply --url § --to file://none.hcl --auto-approve --format json", "atlas excludes --url §", "atlas excludes --url § --format §")
	for _, name := range []string{"PARTSMITH_CONFIG", "NO_COLOR"} {
		all = append(all, secretPlace{args: "plan", env: name})
	}
	for _, name := range []string{"GOOSE_DBSTRING", "GOOSE_TABLE", "GOOSE_MIGRATION_DIR", "GOOSE_DRIVER", "GOOSE_LOCK"} {
		all = append(all, secretPlace{args: "goose up", env: name})
	}
	for _, line := range []string{"database: §\n" + table, "database: ${X}\n" + table, "§: x\n" + table, "lock: §\n" + table, "retire: §\n" + table, "database: [§\n",
		"tables:\n  - {table: §, every: 1 day}\n", "tables:\n  - {table: \"${X}\", every: 1 day}\n", "tables:\n  - {table: events, every: §}\n",
		"tables:\n  - {table: events, every: 1 day, timezone: §}\n", "tables:\n  - {table: events, every: 1 day, §: 1}\n", "tables:\n  - {table: events, every: 1 day, name: §}\n",
		"tables:\n  - {table: events, every: 1 day, ahead: \"${X}\"}\n", "tables:\n  - {table: events, every: 1 day, keep: \"${§}\"}\n", "database: \"${file:/§}\"\n" + table, "§"} {
		all = append(all, secretPlace{args: "plan --format json --log-level debug", env: "X", document: line}, secretPlace{args: "goose up", env: "X", document: line})
	}
	return all
}

// No command shows a password, or a piece of one, wherever a connection string was written, in whatever form.
func TestNoPasswordIsShown(t *testing.T) {
	db := pgtest.New(t)
	db.Exec(t, `create table events (at timestamptz not null) partition by range (at)`)
	folder := t.TempDir()
	t.Chdir(folder)
	signals := interrupt.Listen()
	for i, place := range secretPlaces() {
		for j, shape := range secretShapes() {
			if connects := strings.Contains(place.args, "url §"); !connects && (i+j)%8 != 0 {
				continue // each shape at an eighth of the places, each place with an eighth of the shapes
			}
			said := place.tried(t, signals, db.URL, folder, shape)
			for _, secret := range []string{"hunter2", "s3cr3t"} {
				if strings.Contains(said, secret) {
					t.Errorf("%s %s %s\n  with %s\n  says %s", place.args, place.env, place.document, shape, said)
					break
				}
			}
		}
	}
}

// impatient does not wait for servers that are not there.
func impatient(line string) string {
	for _, command := range []string{"goose ", "exec ", "atlas plan ", "atlas apply ", "atlas excludes "} {
		if rest, ok := strings.CutPrefix(line, command); ok {
			return command + "--connect-for=0 " + rest
		}
	}
	return line
}

// tried is all that a command says.
func (p secretPlace) tried(t *testing.T, signals *interrupt.Signals, url, folder, shape string) string {
	t.Helper()
	document := p.document
	if document == "" {
		document = "database: \"" + url + "\"\nlock: goose\ntables:\n  - {table: public.events, every: 1 day, ahead: 3}\n"
	}
	quoted, err := json.Marshal(shape)
	if err != nil {
		t.Fatal(err)
	}
	document = "version: 1\n" + strings.ReplaceAll(document, "§", string(quoted))
	if err := os.WriteFile(filepath.Join(folder, "partsmith.yaml"), []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	args := strings.Fields("partsmith-migrate " + impatient(p.args))
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "§", shape)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var said bytes.Buffer
	run(ctx, args, shell{in: strings.NewReader(""), out: &said, err: masked{&said}, raw: &said, signals: signals, lookup: func(name string) (string, bool) {
		return shape, name == p.env
	}})
	return said.String()
}
