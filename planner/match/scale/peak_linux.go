package main

import (
	"os"
	"syscall"
)

// peakMB is the highest resident memory of a program that has ended, in MiB. Linux
// gives it in KiB (getrusage(2)).
func peakMB(s *os.ProcessState) float64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return float64(u.Maxrss) / 1024
}
