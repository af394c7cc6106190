// Lookups and insertions in the tables of gaissmai/bart.
package main

import (
	"net/netip"
	"strconv"

	"github.com/gaissmai/bart"
	"netmason-bench/peer"
)

type inputs struct {
	Prefixes  []string `json:"prefixes"`
	Addresses []string `json:"addresses"`
	Matches   []string `json:"matches"`
}

type table interface {
	Insert(netip.Prefix, int)
	Lookup(netip.Addr) (int, bool)
}

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

func open(r peer.Request) (*peer.Task, error) {
	var in inputs
	if err := r.ReadInputs(&in); err != nil {
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
	if r.Mode != "insert" {
		return &peer.Task{Run: lookups(t, addresses), Answers: answers}, nil
	}
	keep := func() any { return build(r.Table, prefixes) }
	run := func(iterations int) {
		for range iterations {
			peer.Sink = build(r.Table, prefixes)
		}
	}
	return &peer.Task{Run: run, Answers: answers, Keep: keep}, nil
}

// One loop a concrete type, so that the call is not made through an interface. A lookup allocates nothing.
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
			peer.Sink = found
		}
	case *bart.Table[int]:
		return func(iterations int) {
			for range iterations {
				if _, ok := each.Lookup(next()); ok {
					found++
				}
			}
			peer.Sink = found
		}
	}
	panic("a table without a loop")
}

func main() {
	peer.Serve("github.com/gaissmai/bart", open)
}
