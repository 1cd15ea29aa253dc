package main

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	en, err := newLanguage("en")
	if err != nil {
		t.Fatal(err)
	}
	ja, err := newLanguage("ja")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		d      time.Duration
		en, ja string
	}{
		{3400 * time.Microsecond, "0.003s", "0.003秒"},
		{29 * time.Millisecond, "0.03s", "0.03秒"},
		{402 * time.Millisecond, "0.4s", "0.4秒"},
		{2*time.Second + 270*time.Millisecond, "2.3s", "2.3秒"},
		{5 * time.Second, "5s", "5秒"},
		{59*time.Second + 990*time.Millisecond, "1m0s", "1分0秒"},
		{63*time.Second + 300*time.Millisecond, "1m3s", "1分3秒"},
		{2*time.Hour + 5*time.Second, "2h0m5s", "2時間0分5秒"},
	} {
		if got := en.duration(tt.d); got != tt.en {
			t.Errorf("%s: %q, want %q", tt.d, got, tt.en)
		}
		if got := ja.duration(tt.d); got != tt.ja {
			t.Errorf("%s: %q, want %q", tt.d, got, tt.ja)
		}
	}
}
