package main

import (
	"math"
	"strconv"
	"time"
)

// duration is a length of time in the language, as precise as a person wants to know it:
// hundredths of a second below one second, tenths below a minute, then whole seconds.
func (l *language) duration(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return l.text("duration.seconds", decimal(d.Seconds(), 3))
	case d < time.Second:
		return l.text("duration.seconds", decimal(d.Seconds(), 2))
	case d < time.Minute-50*time.Millisecond:
		return l.text("duration.seconds", decimal(d.Seconds(), 1))
	}
	d = d.Round(time.Second)
	hours, minutes, seconds := int(d/time.Hour), int(d/time.Minute)%60, strconv.Itoa(int(d/time.Second)%60)
	if hours > 0 {
		return l.text("duration.hours", hours) + l.text("duration.minutes", minutes) + l.text("duration.seconds", seconds)
	}
	return l.text("duration.minutes", minutes) + l.text("duration.seconds", seconds)
}

// decimal writes a number with at most that many digits behind the point.
func decimal(f float64, digits int) string {
	scale := math.Pow10(digits)
	return strconv.FormatFloat(math.Round(f*scale)/scale, 'f', -1, 64)
}
