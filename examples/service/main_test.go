package main

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partsmith/partsmith-migrate/integration/pgtest"
)

// pod is one of several that run the service.
type pod struct {
	keeper
	ticks chan time.Time
	said  bytes.Buffer
}

func newPod(t *testing.T, url string) *pod {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	p := &pod{ticks: make(chan time.Time)}
	if p.keeper, err = newKeeper(pool, slog.New(slog.NewTextHandler(&p.said, nil))); err != nil {
		t.Fatal(err)
	}
	return p
}

// sum adds up what the pods say about something, such as created=15.
func sum(pods []*pod, what string) (total int) {
	for _, p := range pods {
		for _, found := range regexp.MustCompile(what+`=(\d+)`).FindAllStringSubmatch(p.said.String(), -1) {
			n, _ := strconv.Atoi(found[1])
			total += n
		}
	}
	return total
}

// Four pods start at once, and later wake up at once. Everything is done once, nobody fails, and nobody is talkative about the others.
func TestFourPods(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	const count = "select count(*) from pg_inherits where inhparent = 'events'::regclass"
	var pods []*pod
	for range 4 {
		pods = append(pods, newPod(t, db.URL))
	}
	together(pods, func(p *pod) {
		if err := p.deploy(t.Context()); err != nil {
			t.Error(err)
		}
	})
	// Windows that begin within 14 days: today's and those of the next 14.
	if n := db.Text(t, count); n != "15" || sum(pods, "migrations") != 1 || sum(pods, "partitions") != 15 {
		t.Fatalf("%s partitions; %d migrations applied, %d partitions created", n, sum(pods, "migrations"), sum(pods, "partitions"))
	}

	ctx, shutDown := context.WithCancel(t.Context())
	defer shutDown()
	var kept sync.WaitGroup
	for _, p := range pods {
		kept.Go(func() { p.keep(ctx, p.ticks) })
	}
	db.Exec(t, `do $$ begin execute 'drop table ' || (select max(inhrelid::regclass::text) from pg_inherits where inhparent = 'events'::regclass); end $$`)
	db.Exec(t, "create table events__2020_01_01 partition of events for values from ('2020-01-01 00:00+00') to ('2020-01-02 00:00+00')")
	for range 2 { // a pod takes its second tick when it is done with the first
		together(pods, func(p *pod) { p.ticks <- time.Time{} })
	}
	shutDown()
	kept.Wait()
	if n := db.Text(t, count); n != "15" || sum(pods, "created") != 1 || sum(pods, "detached") != 1 {
		t.Errorf("%s partitions; %d created, %d detached", n, sum(pods, "created"), sum(pods, "detached"))
	}
	for _, p := range pods {
		text := p.said.String()
		if strings.Contains(text, "level=WARN") || strings.Contains(text, "level=ERROR") || strings.Count(text, "skip")+strings.Count(text, "another run") > 2 {
			t.Error(text)
		}
	}
}

func together(pods []*pod, do func(*pod)) {
	var group sync.WaitGroup
	for _, p := range pods {
		group.Go(func() { do(p) })
	}
	group.Wait()
}

// The service ends when it is told to, and leaves no session behind.
func TestServe(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ctx, shutDown := context.WithCancel(t.Context())
	said := &announced{deployed: make(chan struct{})}
	ended := make(chan error)
	go func() {
		ended <- serve(ctx, db.URL+"&application_name=service", slog.New(slog.NewTextHandler(said, nil)))
	}()
	select {
	case <-said.deployed:
	case err := <-ended:
		t.Fatal(err)
	}
	shutDown()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for db.Text(t, "select count(*) from pg_stat_activity where application_name = 'service' and datname = current_database()") != "0" {
		if t.Context().Err() != nil {
			t.Fatal("a session is left")
		}
	}
}

// announced is a log that tells when the service has deployed.
type announced struct {
	once     sync.Once
	deployed chan struct{}
}

func (a *announced) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("msg=deployed")) {
		a.once.Do(func() { close(a.deployed) })
	}
	return len(line), nil
}
