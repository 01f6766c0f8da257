package demo

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/partsmith/partsmith-migrate/cmd/partsmith-migrate/internal/session"
)

//go:embed schema.sql
var schemaSQL string

//go:embed day.sql
var daySQL string

//go:embed partsmith.yaml
var policies string

// Show is a demo about to begin.
type Show struct {
	Out     io.Writer
	Version string                       // of the server
	Start   time.Time                    // its first day. It lies in the future: what is detached waits from the server's clock on at least
	URL     func(database string) string // of a database on the server
	// Run runs one command of this program with these variables and gives its exit code.
	Run func(env map[string]string, quiet bool, args ...string) int
}

// days are shown: the first, a month later, three months later.
const (
	month       = 31
	threeMonths = 92
)

// Play runs the demo. It removes what it has written, and ends early with ctx.
func (s Show) Play(ctx context.Context) error {
	p, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	defer p.end()
	for day := 0; day <= threeMonths; day++ {
		if err := p.live(ctx, day); err != nil {
			return err
		}
	}
	p.say("That was three months: %d runs, and every row found its partition. The server goes now, with all that is on it.", p.runs)
	return ctx.Err()
}

// play is a demo that goes on.
type play struct {
	Show
	folder   string
	env      map[string]string
	database *sql.DB
	runs     int
	quiet    int // runs since something was shown
}

func (s Show) prepare(ctx context.Context) (*play, error) {
	folder, err := os.MkdirTemp("", "partsmith-demo-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	p := &play{Show: s, folder: folder}
	if err := p.furnish(ctx); err != nil {
		p.end()
		return nil, err
	}
	return p, nil
}

// furnish makes the database with its tables and the document.
func (p *play) furnish(ctx context.Context) error {
	file := filepath.Join(p.folder, "partsmith.yaml")
	if err := os.WriteFile(file, []byte(policies), 0o600); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	admin, err := session.Open(ctx, p.URL("postgres"), session.Options{Doing: "demo"})
	if err != nil {
		return err
	}
	defer admin.Close()
	if _, err := admin.ExecContext(ctx, "create database demo"); err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	p.env = map[string]string{"DATABASE_URL": p.URL("demo"), "PARTSMITH_CONFIG": file}
	if p.database, err = session.Open(ctx, p.env["DATABASE_URL"], session.Options{Doing: "demo"}); err != nil {
		return err
	}
	start := fmt.Sprintf("set timezone = 'UTC'; set demo.start = '%s';\n", p.Start.Format(time.DateOnly))
	if _, err := p.database.ExecContext(ctx, start+schemaSQL); err != nil {
		return fmt.Errorf("make tables: %w", err)
	}
	p.introduce()
	return nil
}

func (p *play) introduce() {
	p.say("A throw-away PostgreSQL %s is running. A migration has made three partitioned tables; this is partsmith.yaml:", p.Version)
	fmt.Fprintf(p.Out, "\n%s", indented(policies))
	p.say("Every day at 08:00 a run makes what is missing and retires what has expired. --at plays the days;\n" +
		"--at-destroys lets them detach and drop although they are later than the server's clock.")
}

func (p *play) end() {
	if p.database != nil {
		_ = p.database.Close()
	}
	_ = os.RemoveAll(p.folder)
}

// live is one day: its run, then its rows.
func (p *play) live(ctx context.Context, day int) error {
	morning := time.Date(p.Start.Year(), p.Start.Month(), p.Start.Day()+day, 8, 0, 0, 0, time.UTC)
	shown := day == 0 || day == month || day == threeMonths
	if shown {
		p.announce(morning)
		if _, err := p.database.ExecContext(ctx, "analyze"); err != nil { // as autovacuum does in longer lives
			return fmt.Errorf("analyze: %w", err)
		}
		if err := p.command(false, "plan", morning); err != nil {
			return err
		}
	}
	if err := p.command(!shown, "apply", morning); err != nil {
		return err
	}
	if _, err := p.database.ExecContext(ctx, daySQL, morning); err != nil {
		return fmt.Errorf("insert the rows of %s: %w", morning.Format(time.DateOnly), err)
	}
	if !shown {
		return ctx.Err()
	}
	return p.command(false, "status", morning)
}

func (p *play) announce(morning time.Time) {
	if p.quiet > 0 {
		p.say("… %d days later, each with a run like this and a thousand new rows in each table …", p.quiet)
	}
	p.quiet = 0
	fmt.Fprintf(p.Out, "\n═══ %s ═══\n", morning.Format("Monday, 2 January 2006"))
}

// command runs one command, under its command line if it is shown.
func (p *play) command(quiet bool, name string, at time.Time) error {
	args := []string{name, "--at", at.Format(time.RFC3339)}
	if name != "status" {
		args = append(args, "--at-destroys")
	}
	if name == "apply" {
		p.runs++
	}
	if quiet {
		p.quiet++
	} else {
		p.say("$ partsmith-migrate %s\n", strings.Join(args, " "))
	}
	if code := p.Run(p.env, quiet, args...); code != 0 {
		return fmt.Errorf("partsmith-migrate %s ended with exit code %d", strings.Join(args, " "), code)
	}
	return nil
}

func (p *play) say(format string, args ...any) { fmt.Fprintf(p.Out, "\n"+format+"\n", args...) }

func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}
