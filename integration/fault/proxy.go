package fault

import (
	"fmt"
	"net"
	"net/url"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Proxy passes connections on to one server and lets a fault strike at one Point. It listens on a loopback port and is
// for any number of connections; all its methods may be called from several goroutines.
type Proxy struct {
	listener net.Listener
	network  string // of the server
	address  string
	url      url.URL

	mu     sync.Mutex
	count  int // messages of clients so far
	point  Point
	strike func(Link) Next
	struck chan struct{} // closed when the fault has struck
	open   map[*link]bool
	closed bool
	work   sync.WaitGroup
}

// Listen begins to pass connections on to the server that a URL addresses. The URL must ask for no TLS.
func Listen(server string) (*Proxy, error) {
	config, err := pgx.ParseConfig(server)
	if err != nil {
		return nil, fmt.Errorf("read address of server: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	p := &Proxy{listener: listener, struck: make(chan struct{}), open: map[*link]bool{}}
	p.network, p.address = pgconn.NetworkAddress(config.Host, config.Port)
	p.url = url.URL{Scheme: "postgres", User: url.User(config.User), Host: listener.Addr().String(),
		Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	p.work.Go(p.accept)
	return p, nil
}

// URL addresses the server's database through the proxy, as the same role.
func (p *Proxy) URL() string { return p.url.String() }

// Break lets a fault strike at a point, once. Nothing passes on that connection while the function runs.
func (p *Proxy) Break(at Point, strike func(Link) Next) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.point, p.strike = at, strike
}

// Struck is closed when the fault has struck.
func (p *Proxy) Struck() <-chan struct{} { return p.struck }

// Count is how many messages clients have sent so far.
func (p *Proxy) Count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// Close ends all connections and waits until nothing of the proxy is left.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	_ = p.listener.Close()
	for l := range p.open {
		l.close()
	}
	p.mu.Unlock()
	p.work.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.pass(&link{proxy: p, client: client, server: server})
	}
}

func (p *Proxy) pass(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		l.close()
		return
	}
	p.open[l] = true
	p.work.Go(func() {
		l.run()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, l)
	})
}

// next counts a message of a client and gives its number.
func (p *Proxy) next() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	return p.count
}

// due reports whether the fault is to strike now, and takes it away if so.
func (p *Proxy) due(at Point) (func(Link) Next, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.strike == nil || p.point != at {
		return nil, false
	}
	strike := p.strike
	p.strike = nil
	return strike, true
}
