package gooseext

import (
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/partsmith/partsmith-migrate/core/catalog"
	"github.com/partsmith/partsmith-migrate/core/ddl"
)

// Attachment is a table as a partition of another. The names are as SQL writes them.
type Attachment struct {
	Table     string // the partitioned table
	Partition string
	Bound     string // FOR VALUES FROM (…) TO (…), or DEFAULT; also to detach: the way back needs it
}

// AttachPartition is a Go migration that attaches a table as a partition. Down detaches it.
//
// ATTACH scans the table for rows that do not fit, unless a CHECK says that there are none. Readers and writers of the
// parent go on meanwhile; a DEFAULT partition is scanned too, and nobody reads it then. Where another session holds a
// lock that is needed, nothing is held and it is tried again, for up to 30 s.
func AttachPartition(source string, a Attachment) (*goose.Migration, error) {
	attach, detach, err := a.directions()
	if err != nil {
		return nil, fmt.Errorf("make migration %s: %w", source, err)
	}
	return transactional(source, patient("attach "+a.Partition, text(attach)), patient("detach "+a.Partition, text(detach)))
}

// DetachPartition is a Go migration that detaches a partition. Down attaches it again.
//
// It is a plain DETACH, which holds the whole table from readers and writers until goose has committed; CONCURRENTLY
// cannot stand in a transaction. Maintenance treats the detached table as anybody's: it is neither attached again nor
// dropped. Where the policy wants its window to exist, maintenance will miss it: detach what has passed, or rename it.
func DetachPartition(source string, a Attachment) (*goose.Migration, error) {
	attach, detach, err := a.directions()
	if err != nil {
		return nil, fmt.Errorf("make migration %s: %w", source, err)
	}
	return transactional(source, patient("detach "+a.Partition, text(detach)), patient("attach "+a.Partition, text(attach)))
}

// directions are the two statements.
func (a Attachment) directions() (attach, detach string, err error) {
	table, err := catalog.ParseName(a.Table)
	if err != nil {
		return "", "", err
	}
	partition, err := catalog.ParseName(a.Partition)
	if err != nil {
		return "", "", err
	}
	bound := strings.TrimSpace(a.Bound)
	if head := strings.ToUpper(bound); head != "DEFAULT" && !strings.HasPrefix(head, "FOR VALUES ") {
		return "", "", fmt.Errorf("bound %q of %s: it begins with FOR VALUES, or is DEFAULT", a.Bound, partition)
	}
	return ddl.Attach(table, partition, bound), ddl.Detach(table, partition), nil
}
