package fault

import "fmt"

// Where a fault strikes, as seen from one message of the client.
type Where int

// The places, in the order of time.
const (
	Before   Where = iota // the server has not got the message
	After                 // the server has got it, the client has no answer
	Answered              // the client has got the answer
)

func (w Where) String() string { return [...]string{"before", "after", "answered"}[w] }

// Point is one moment of a conversation: a message of the client, counted from 1 over all connections of a Proxy, and where
// the fault strikes. The zero Point is no moment at all.
type Point struct {
	Message int
	Where   Where
}

func (p Point) String() string { return fmt.Sprintf("%s message %d", p.Where, p.Message) }

// Points are all the moments of a conversation of that many messages.
func Points(messages int) []Point {
	var all []Point
	for n := 1; n <= messages; n++ {
		all = append(all, Point{n, Before}, Point{n, After}, Point{n, Answered})
	}
	return all
}

// Next is what a Proxy does when the fault has struck.
type Next int

// What can be done.
const (
	Cut  Next = iota // close both ends of the connection
	Hold             // pass nothing more in either direction, and close when one end does
	Pass             // go on as if nothing had been
)

// Link is the connection that a fault strikes.
type Link struct {
	PID int // of the server process, 0 where the server has not said it yet
}
