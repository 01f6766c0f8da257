package lock

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"hash/fnv"
	"strings"
)

// Key is the one-bigint key of an advisory lock. It means something only inside one database.
type Key int64

// The keys of migrators that use one key everywhere.
const (
	// Goose is the key of goose from 3.26 on: the CRC-32 (IEEE) of its name.
	Goose Key = 4097083626
	// Goose325 is the key of goose 3.16 to 3.25: the CRC-64 (ECMA) of its name.
	Goose325 Key = 5887940537704921958
	// Atlas is the key of Atlas's `migrate apply`, AtlasKey("atlas_migrate_execute").
	Atlas Key = 2686470616
	// Tern is the key of tern.
	Tern Key = 9628173550095224
)

// AtlasKey is the key that Atlas derives from the name of a lock: FNV-1 of 32 bits.
func AtlasKey(name string) Key {
	sum := fnv.New32()
	_, _ = sum.Write([]byte(name)) // a hash never fails
	return Key(sum.Sum32())
}

// golangMigrateSalt is what golang-migrate multiplies its checksum by, in 32 bits.
const golangMigrateSalt uint32 = 1486364155

// GolangMigrateKey is the key that golang-migrate derives from where it keeps its version table.
// A program that opens it by URL has the path of the URL as database: "/shop" instead of "shop".
func GolangMigrateKey(schema, table, database string) Key {
	text := strings.Join([]string{schema, table, database}, "\x00")
	return Key(crc32.ChecksumIEEE([]byte(text)) * golangMigrateSalt)
}

// PartsmithKey is the key that the Python tool pg-partsmith takes for a table, given as schema.table without quotes.
func PartsmithKey(table string) Key {
	sum := sha256.Sum256([]byte("partitioner:" + table))
	return Key(binary.BigEndian.Uint64(sum[:8]))
}
