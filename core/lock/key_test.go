package lock

import (
	"hash/crc32"
	"hash/crc64"
	"testing"

	"github.com/matryer/is"
)

// fnv1 is FNV-1 written from its definition.
func fnv1(text string) uint32 {
	sum := uint32(2166136261)
	for _, b := range []byte(text) {
		sum = sum*16777619 ^ uint32(b)
	}
	return sum
}

func TestKeysOfMigratorsFollowFromTheirFunctions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(Goose, Key(crc32.ChecksumIEEE([]byte("goose"))))
	is.Equal(uint64(Goose325), crc64.Checksum([]byte("goose"), crc64.MakeTable(crc64.ECMA)))
	is.Equal(Atlas, Key(fnv1("atlas_migrate_execute")))
	is.Equal(AtlasKey("nightly"), Key(fnv1("nightly")))
	is.Equal(Tern, Key(9628173550095224))
}

// The numbers were computed with Python's zlib.crc32 and hashlib.
func TestKeysThatDependOnNames(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(GolangMigrateKey("public", "schema_migrations", "shop"), Key(3689236698))
	is.Equal(GolangMigrateKey("public", "schema_migrations", "/shop"), Key(2101699660))
	is.Equal(PartsmithKey("public.events"), Key(-4436057529290484548))
}
