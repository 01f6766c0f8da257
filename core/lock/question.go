package lock

import (
	"fmt"
	"strings"
)

// notHeld is how the error of a Question begins, behind what the server says.
const notHeld = "partsmith: a lock is not held any more"

// Question is one statement that fails, with SQLSTATE 22P02 and a message that NotHeld knows, unless the session that it is sent on
// holds the locks of all these leases. So the question can travel in one message, and in one transaction, with what the locks are
// for. It is false for leases that know no such statement: these are asked by Alive.
func Question(leases ...Lease) (statement string, ok bool) { return question(true, leases) }

// QuestionBeside is Question for a session that works beside the one that holds the locks.
func QuestionBeside(leases ...Lease) (statement string, ok bool) { return question(false, leases) }

// NotHeld reports whether an error is that of a Question.
func NotHeld(err error) bool { return err != nil && strings.Contains(err.Error(), notHeld) }

func question(own bool, leases []Lease) (string, bool) {
	all, ok := gathered(leases)
	if !ok || len(all.slots) == 0 {
		return "", ok
	}
	if own && len(all.slots) <= fewSlots {
		return all.retaken(), true
	}
	condition := fmt.Sprintf("pg_catalog.count(*) OPERATOR(pg_catalog.=) %d", len(all.slots))
	if own {
		condition += fmt.Sprintf(" AND pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) %d", all.pid)
	}
	// The count is not known when the statement is planned, so the failing cast is not evaluated too early.
	return fmt.Sprintf("SELECT CASE WHEN %s THEN 0 ELSE pg_catalog.concat('%s, of %d there are ', pg_catalog.count(*))::pg_catalog.int4 END\n"+
		"  FROM pg_catalog.pg_locks l WHERE %s", condition, notHeld, len(all.slots), all.kept()), true
}

// fewSlots is how many locks are asked after one by one. Every look at pg_locks reads all locks that there are, and takes a millisecond.
const fewSlots = 8

// retaken asks by taking each lock once more for the transaction, giving back the one that the session has, if it has it, and taking
// that again: nobody can come in between, since the transaction has the lock until it ends. CASE keeps the order.
func (h *held) retaken() string {
	failure := fmt.Sprintf("pg_catalog.concat('%s')::pg_catalog.int4", notHeld)
	answer := "0"
	for i := len(h.slots) - 1; i >= 0; i-- {
		for _, function := range []string{"pg_try_advisory_lock", "pg_advisory_unlock", "pg_try_advisory_xact_lock"} {
			answer = fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", h.slots[i].call(function), answer, failure)
		}
	}
	return fmt.Sprintf("SELECT CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) %d THEN %s ELSE %s END", h.pid, answer, failure)
}

// gathered are the slots of leases that one session holds.
func gathered(leases []Lease) (all held, ok bool) {
	for _, lease := range leases {
		if wrapper, wraps := lease.(interface{ Unwrap() Lease }); wraps {
			lease = wrapper.Unwrap()
		}
		switch l := lease.(type) {
		case unlocked:
		case *held:
			if all.pid != 0 && all.pid != l.pid {
				return held{}, false
			}
			all.pid, all.slots = l.pid, append(all.slots, l.slots...)
		default:
			return held{}, false
		}
	}
	return all, true
}
