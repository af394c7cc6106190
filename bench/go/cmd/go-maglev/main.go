// Tables of dgryski/go-maglev: built, and looked up by a hash.
package main

import (
	"strconv"

	maglev "github.com/dgryski/go-maglev"
	"netmason-bench/peer"
)

const tableSize = 65537

type inputs struct {
	Endpoints []string `json:"endpoints"`
	Hashes    []string `json:"hashes"`
	Questions []string `json:"questions"`
}

func open(r peer.Request) (*peer.Task, error) {
	var in inputs
	if err := r.ReadInputs(&in); err != nil {
		return nil, err
	}
	hashes := make([]uint64, len(in.Hashes))
	for i, each := range in.Hashes {
		hash, err := strconv.ParseUint(each, 10, 64)
		if err != nil {
			return nil, err
		}
		hashes[i] = hash
	}
	table := maglev.New(in.Endpoints, tableSize)
	if r.Mode == "build" {
		owners := map[int]bool{}
		for i := uint64(0); i < tableSize; i++ {
			owners[table.Lookup(i)] = true
		}
		build := func() any { return maglev.New(in.Endpoints, tableSize) }
		run := func(iterations int) {
			for range iterations {
				peer.Sink = build()
			}
		}
		return &peer.Task{Run: run, Answers: []string{strconv.Itoa(len(owners))}, Keep: build}, nil
	}
	answers := make([]string, len(in.Questions))
	for i := range answers {
		answers[i] = strconv.FormatBool(in.Endpoints[table.Lookup(hashes[i])] != "")
	}
	at, sum := 0, 0
	run := func(iterations int) {
		for range iterations {
			sum += table.Lookup(hashes[at])
			if at++; at == len(hashes) {
				at = 0
			}
		}
		peer.Sink = sum
	}
	return &peer.Task{Run: run, Answers: answers}, nil
}

func main() {
	peer.Serve("github.com/dgryski/go-maglev", open)
}
