package fault

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync"
)

// link is one connection through the proxy.
type link struct {
	proxy  *Proxy
	client net.Conn
	server net.Conn
	ends   sync.Once

	// mu is held while a message passes, in either direction, and while a fault strikes: then nothing passes.
	mu      sync.Mutex
	pid     int
	holding bool
	waits   []question
}

// question is a message of the client whose answer the fault waits for.
type question struct {
	kind  byte
	point Point
}

// errStruck ends a direction whose connection was cut.
var errStruck = errors.New("the connection was cut")

func (l *link) close() {
	l.ends.Do(func() { _, _ = l.client.Close(), l.server.Close() })
}

// run passes messages in both directions until either side ends.
func (l *link) run() {
	defer l.close()
	requests := bufio.NewReader(l.client)
	if l.begin(requests) != nil {
		return
	}
	var answers sync.WaitGroup
	answers.Go(func() {
		defer l.close()
		l.each(bufio.NewReader(l.server), l.down)
	})
	l.each(requests, l.up)
	l.close()
	answers.Wait()
}

func (l *link) each(r io.Reader, pass func(message) error) {
	for {
		m, err := readMessage(r)
		if err != nil || pass(m) != nil {
			return
		}
	}
}

// begin passes the first message on. Encryption is declined; a request to cancel is not part of the conversation.
func (l *link) begin(r io.Reader) error {
	for {
		m, code, err := readFirst(r)
		if err != nil {
			return err
		}
		switch code {
		case tlsCode, gssCode:
			if _, err := l.client.Write([]byte{'N'}); err != nil {
				return err
			}
		case cancelCode:
			_, err := l.server.Write(m.text)
			return errors.Join(err, io.EOF)
		default:
			return l.up(m)
		}
	}
}

// up passes a message of the client on.
func (l *link) up(m message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.proxy.next()
	if err := l.strike(Point{n, Before}); err != nil {
		return err
	}
	if !l.holding {
		if _, err := l.server.Write(m.text); err != nil {
			return err
		}
	}
	if m.kind != terminate {
		l.waits = append(l.waits, question{m.kind, Point{n, Answered}})
	}
	return l.strike(Point{n, After})
}

// down passes a message of the server on.
func (l *link) down(m message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if pid := m.pid(); pid != 0 {
		l.pid = pid
	}
	if l.holding {
		return nil
	}
	if _, err := l.client.Write(m.text); err != nil {
		return err
	}
	return l.answered(m)
}

// answered strikes where the message ends the answer that a fault waits for. An answer that ends the whole exchange ends
// those before it as well: after an error the server skips what came before the Sync.
func (l *link) answered(m message) error {
	for len(l.waits) > 0 && m.answers(l.waits[0].kind) {
		first := l.waits[0]
		l.waits = l.waits[1:]
		if err := l.strike(first.point); err != nil {
			return err
		}
		if m.kind != ready || first.kind == 0 || first.kind == query || first.kind == syncKind {
			return nil
		}
	}
	return nil
}

// strike lets the fault strike if this is its point.
func (l *link) strike(at Point) error {
	strike, due := l.proxy.due(at)
	if !due {
		return nil
	}
	next := strike(Link{PID: l.pid})
	close(l.proxy.struck)
	switch next {
	case Cut:
		l.close()
		return errStruck
	case Hold:
		l.holding = true
	}
	return nil
}
