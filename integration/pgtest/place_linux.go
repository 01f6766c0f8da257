package pgtest

import "syscall"

// enoughMemory is what must be free in the memory folder; containers often get no more than 64 MB there.
const enoughMemory = 4 << 30

// memoryFolder is a folder whose files live in memory, if there is one with room for the databases of a test run.
func memoryFolder() (string, bool) {
	const dir = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return "", false
	}
	const tmpfs = 0x01021994
	return dir, fs.Type == tmpfs && uint64(fs.Bavail)*uint64(fs.Bsize) >= enoughMemory
}
