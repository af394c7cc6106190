// Package peer answers the requests of bench/src/protocol.ts, a line of JSON each, for a program that holds one
// contender at a time.
package peer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

// Request is one line of the protocol.
type Request struct {
	Ask        string `json:"ask"`
	Inputs     string `json:"inputs"`
	Mode       string `json:"mode"`
	Table      string `json:"table"`
	Iterations int    `json:"iterations"`
}

// Task is one contender's work, ready to be timed.
type Task struct {
	Run     func(iterations int)
	Answers []string
	// Keep builds the value whose size is reported as the case's bytes; without it, 0 is.
	Keep func() any
}

// Sink takes results, so that the compiler cannot drop the work.
var Sink any

// ReadInputs decodes the case's inputs.
func (r Request) ReadInputs(into any) error {
	text, err := os.ReadFile(r.Inputs)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func usage() syscall.Rusage {
	var found syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &found); err != nil {
		panic(err)
	}
	return found
}

func cpuTime() time.Duration {
	used := usage()
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func round(t *Task, iterations int) map[string]any {
	t.Run(iterations / 10)
	cpu, start := cpuTime(), time.Now()
	t.Run(iterations)
	return map[string]any{"ns": time.Since(start).Nanoseconds(), "cpuNs": (cpuTime() - cpu).Nanoseconds()}
}

func readBytes(t *Task) map[string]any {
	if t.Keep == nil {
		return map[string]any{"bytes": 0}
	}
	Sink = nil
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := t.Keep()
	runtime.GC()
	runtime.ReadMemStats(&after)
	Sink = kept
	return map[string]any{"bytes": int64(after.HeapAlloc) - int64(before.HeapAlloc)}
}

func version(module string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				return dependency.Version
			}
		}
	}
	return "unknown"
}

// Serve answers on the standard streams until the input ends. The version reported is that of the module.
func Serve(module string, open func(Request) (*Task, error)) {
	var current *Task
	answer := func(r Request) (any, error) {
		if r.Ask == "open" {
			opened, err := open(r)
			if err != nil {
				return nil, err
			}
			current = opened
			return map[string]any{"answers": opened.Answers, "version": version(module)}, nil
		}
		if current == nil {
			return nil, fmt.Errorf("%s before open", r.Ask)
		}
		switch r.Ask {
		case "round":
			return round(current, r.Iterations), nil
		case "bytes":
			return readBytes(current), nil
		case "close":
			current, Sink = nil, nil
			return map[string]any{"peakRssBytes": usage().Maxrss * 1024}, nil
		}
		return nil, fmt.Errorf("unknown request %q", r.Ask)
	}
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var r Request
		err := json.Unmarshal(lines.Bytes(), &r)
		var reply any
		if err == nil {
			reply, err = answer(r)
		}
		if err != nil {
			reply = map[string]any{"error": err.Error()}
		}
		if err := out.Encode(reply); err != nil {
			return
		}
	}
}
