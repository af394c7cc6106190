// The Go side of the benchmark: holds one table of bart and answers the requests of src/protocol.ts, a line of JSON each.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/gaissmai/bart"
)

type request struct {
	Ask        string `json:"ask"`
	Inputs     string `json:"inputs"`
	Mode       string `json:"mode"`
	Table      string `json:"table"`
	Iterations int    `json:"iterations"`
}

type inputs struct {
	Prefixes  []string `json:"prefixes"`
	Addresses []string `json:"addresses"`
	Matches   []string `json:"matches"`
}

type table interface {
	Insert(netip.Prefix, int)
	Lookup(netip.Addr) (int, bool)
}

type task struct {
	run     func(iterations int)
	answers []string
	keep    func() any
}

var sink any

func newTable(name string) table {
	if name == "fast" {
		return new(bart.Fast[int])
	}
	return new(bart.Table[int])
}

func build(name string, prefixes []netip.Prefix) table {
	t := newTable(name)
	for i, prefix := range prefixes {
		t.Insert(prefix, i)
	}
	return t
}

func open(r request) (*task, error) {
	text, err := os.ReadFile(r.Inputs)
	if err != nil {
		return nil, err
	}
	var in inputs
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	prefixes := make([]netip.Prefix, len(in.Prefixes))
	for i, each := range in.Prefixes {
		prefixes[i] = netip.MustParsePrefix(each)
	}
	addresses := make([]netip.Addr, len(in.Addresses))
	for i, each := range in.Addresses {
		addresses[i] = netip.MustParseAddr(each)
	}
	t := build(r.Table, prefixes)
	answers := make([]string, len(in.Matches))
	for i := range answers {
		answers[i] = "-1"
		if value, ok := t.Lookup(addresses[i]); ok {
			answers[i] = strconv.Itoa(value)
		}
	}
	keep := func() any { return build(r.Table, prefixes) }
	if r.Mode == "insert" {
		run := func(iterations int) {
			for range iterations {
				sink = build(r.Table, prefixes)
			}
		}
		return &task{run: run, answers: answers, keep: keep}, nil
	}
	return &task{run: lookups(t, addresses), answers: answers}, nil
}

// One loop a concrete type, so that the call is not made through an interface.
func lookups(t table, addresses []netip.Addr) func(int) {
	at, found := 0, 0
	next := func() netip.Addr {
		address := addresses[at]
		if at++; at == len(addresses) {
			at = 0
		}
		return address
	}
	switch each := t.(type) {
	case *bart.Fast[int]:
		return func(iterations int) {
			for range iterations {
				if _, ok := each.Lookup(next()); ok {
					found++
				}
			}
			sink = found
		}
	case *bart.Table[int]:
		return func(iterations int) {
			for range iterations {
				if _, ok := each.Lookup(next()); ok {
					found++
				}
			}
			sink = found
		}
	}
	panic("a table without a loop")
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func round(t *task, iterations int) map[string]any {
	t.run(iterations / 10)
	cpu, start := cpuTime(), time.Now()
	t.run(iterations)
	return map[string]any{"ns": time.Since(start).Nanoseconds(), "cpuNs": (cpuTime() - cpu).Nanoseconds()}
}

// What the built table holds; a lookup of bart allocates nothing.
func readBytes(t *task) map[string]any {
	if t.keep == nil {
		return map[string]any{"bytes": 0}
	}
	sink = nil
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := t.keep()
	runtime.GC()
	runtime.ReadMemStats(&after)
	sink = kept
	return map[string]any{"bytes": int64(after.HeapAlloc) - int64(before.HeapAlloc)}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == "github.com/gaissmai/bart" {
				return dependency.Version
			}
		}
	}
	return "unknown"
}

func peakRssBytes() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Maxrss * 1024
}

func answer(r request, current **task) (any, error) {
	if r.Ask == "open" {
		opened, err := open(r)
		if err != nil {
			return nil, err
		}
		*current = opened
		return map[string]any{"answers": opened.answers, "version": version()}, nil
	}
	if *current == nil {
		return nil, fmt.Errorf("%s before open", r.Ask)
	}
	switch r.Ask {
	case "round":
		return round(*current, r.Iterations), nil
	case "bytes":
		return readBytes(*current), nil
	case "close":
		*current, sink = nil, nil
		return map[string]any{"peakRssBytes": peakRssBytes()}, nil
	}
	return nil, fmt.Errorf("unknown request %q", r.Ask)
}

func main() {
	var current *task
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var r request
		err := json.Unmarshal(lines.Bytes(), &r)
		var reply any
		if err == nil {
			reply, err = answer(r, &current)
		}
		if err != nil {
			reply = map[string]any{"error": err.Error()}
		}
		if err := out.Encode(reply); err != nil {
			return
		}
	}
}
