package fault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// message is one message of the protocol, as it came. Kind is 0 for those that begin a connection and have none.
type message struct {
	kind byte
	text []byte // all of it, kind and length included
}

// The first messages of a connection have a code where others have a version of the protocol.
const (
	cancelCode = 80877102
	tlsCode    = 80877103
	gssCode    = 80877104
)

// longest is more than any message of a test; what seems longer was read from the wrong place.
const longest = 1 << 28

var errLength = errors.New("length of message is out of bounds")

// readFirst reads a message without a kind, and the number behind its length.
func readFirst(r io.Reader) (message, uint32, error) {
	m, err := readBody(r, nil)
	if err != nil {
		return m, 0, err
	}
	if len(m.text) < 8 {
		return m, 0, fmt.Errorf("read first message: %w", errLength)
	}
	return m, binary.BigEndian.Uint32(m.text[4:8]), nil
}

// readMessage reads a message with a kind.
func readMessage(r io.Reader) (message, error) {
	head := make([]byte, 1, 64)
	if _, err := io.ReadFull(r, head); err != nil {
		return message{}, err
	}
	m, err := readBody(r, head)
	m.kind = head[0]
	return m, err
}

func readBody(r io.Reader, head []byte) (message, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return message{}, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n < 4 || n > longest {
		return message{}, fmt.Errorf("read message %q: %w: %d", head, errLength, n)
	}
	text := append(head, length[:]...)
	body := make([]byte, n-4)
	if _, err := io.ReadFull(r, body); err != nil {
		return message{}, err
	}
	return message{text: append(text, body...)}, nil
}

// pid is what BackendKeyData says, 0 for any other message.
func (m message) pid() int {
	if m.kind != 'K' || len(m.text) < 9 {
		return 0
	}
	return int(binary.BigEndian.Uint32(m.text[5:9]))
}

// Kinds of messages.
const (
	query     = 'Q'
	syncKind  = 'S'
	terminate = 'X'
	ready     = 'Z'
	notice    = 'N'
	parameter = 'S'
)

// answers reports whether a message of the server is the last of the answer to one of the client. A query, a Sync and the
// beginning are answered when the server is ready again; a step of the extended protocol, by whatever comes next.
func (m message) answers(asked byte) bool {
	switch asked {
	case 0, query, syncKind:
		return m.kind == ready
	}
	return m.kind != notice && m.kind != parameter
}
