package integration

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/matryer/is"

	"github.com/partsmith/partsmith-migrate/core/executor"
	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// manifest is what the tests read of a Kubernetes object.
type manifest struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string
	Spec     struct {
		Schedule    string
		Template    podTemplate
		JobTemplate struct {
			Spec struct{ Template podTemplate }
		} `yaml:"jobTemplate"`
	}
}

type podTemplate struct{ Spec podSpec }

type podSpec struct {
	InitContainers []container `yaml:"initContainers"`
	Containers     []container
	RestartPolicy  string `yaml:"restartPolicy"`
}

type container struct {
	Name    string
	Command []string
	Args    []string
	Env     []struct{ Name string }
}

// manifests are the objects of a file.
func manifests(t *testing.T, name string) []manifest {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "examples", "kubernetes", name))
	if err != nil {
		t.Fatal(err)
	}
	var found []manifest
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var m manifest
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		found = append(found, m)
	}
}

// The manifests are read, and their containers are started as they say, on a database with the table that they speak of.
func TestKubernetesManifestsWork(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := pgtest.New(t)
	binary := filepath.Join(t.TempDir(), "partsmith-migrate")
	out, err := exec.Command("go", "build", "-o", binary, "../cmd/partsmith-migrate").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	folder := t.TempDir()
	is.NoErr(os.WriteFile(filepath.Join(folder, "00001_events.sql"), []byte("-- +goose Up\nCREATE TABLE events (id bigint, created_at timestamptz NOT NULL) PARTITION BY RANGE (created_at);\n"), 0o600))

	job := manifests(t, "cronjob.yaml")
	is.Equal([]string{job[0].Kind, job[1].Kind}, []string{"ConfigMap", "CronJob"})
	is.Equal(len(strings.Fields(job[1].Spec.Schedule)), 5)
	is.NoErr(os.WriteFile(filepath.Join(folder, "partsmith.yaml"), []byte(job[0].Data["partsmith.yaml"]), 0o600))
	deploy := manifests(t, "deployment.yaml")
	is.Equal(deploy[0].Kind, "Deployment")

	for _, c := range append(deploy[0].Spec.Template.Spec.InitContainers, job[1].Spec.JobTemplate.Spec.Template.Spec.Containers...) {
		is.Equal(c.Command, []string{"partsmith-migrate"})
		cmd := exec.Command(binary)
		for _, arg := range c.Args {
			cmd.Args = append(cmd.Args, strings.NewReplacer("/migrations", folder, "/etc/partsmith", folder).Replace(arg))
		}
		for _, v := range c.Env {
			cmd.Env = append(cmd.Env, v.Name+"="+map[string]string{"GOOSE_DRIVER": "postgres", "GOOSE_DBSTRING": db.URL, "DATABASE_URL": db.URL}[v.Name])
		}
		cmd.Env = append(cmd.Env, "DATABASE_URL="+db.URL) // the document names it
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", c.Name, c.Args, err, out)
		}
	}
	is.Equal(db.Text(t, "select count(*) from pg_inherits where inhparent = 'events'::regclass"), "15")
}

// The script of rights is enough for everything: with no more the role makes, detaches and drops, and the owner owns it all.
func TestRightsScriptIsEnough(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("0")
	s := events(t, policy)
	owner := s.db.Role(t, "owner")
	role := owner + "_tool"
	s.db.Exec(t, `ALTER TABLE events OWNER TO `+owner)
	s.script("rights.sql", map[string]string{"owner": owner, "role": role, "schema": "public"})
	t.Cleanup(func() {
		_, err := s.db.SQL().ExecContext(context.Background(), `DROP OWNED BY `+role+`; DROP ROLE `+role)
		is.NoErr(err)
	})

	for _, day := range []string{"2054-11-20", "2054-11-25"} {
		conn, err := s.db.As(t, role).Conn(context.Background())
		is.NoErr(err)
		defer conn.Close()
		results, err := s.exec.Run(context.Background(), conn, s.tasks(), instant(day))
		is.NoErr(err)
		is.NoErr(results[0].Err())
		if day == "2054-11-25" {
			is.Equal(executor.Count(results...), executor.Counts{Created: 3, Detached: 3, Dropped: 3})
		}
	}
	is.Equal(s.db.Text(t, `SELECT string_agg(DISTINCT relowner::regrole::text, ',') FROM pg_class WHERE relname LIKE 'events%' AND relkind IN ('r', 'p')`), owner)
}

// script runs a file of docs/ with psql's variables replaced as psql would.
func (s *scenario) script(name string, variables map[string]string) {
	s.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", name))
	if err != nil {
		s.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "--") {
			lines = append(lines, line)
		}
	}
	script := strings.Join(lines, "")
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		script = strings.ReplaceAll(script, `:"`+name+`"`, `"`+variables[name]+`"`)
	}
	if strings.Contains(script, ":\"") {
		s.Fatalf("%s has a variable that nothing is known of", name)
	}
	s.db.Exec(s.TB, script)
}

// What the page about leaving asks for, it finds: each detached partition that carries our mark.
func TestLeavingFindsWhatIsMarked(t *testing.T) {
	is := is.New(t)
	policy := daily("3", "2")
	policy.DropAfter = span("7 days")
	s := events(t, policy)
	s.must("2054-11-20")
	s.must("2054-11-25")
	text, err := os.ReadFile(filepath.Join("..", "docs", "operations.md"))
	is.NoErr(err)
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		if m[1] == "sql" {
			query := strings.TrimSuffix(strings.TrimSpace(m[2]), ";")
			is.Equal(s.db.Text(t, "SELECT count(*) || ' ' || min(detached::text) FROM ("+query+") q"), "3 events__2054_11_20")
			return
		}
	}
	t.Error("the page asks nothing any more")
}
