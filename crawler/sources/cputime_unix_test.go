//go:build unix

package sources

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used of all cores: on a busy machine the clock on
// the wall says little of a program.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
