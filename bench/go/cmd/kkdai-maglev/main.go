// Tables of kkdai/maglev: built, and looked up by a text.
package main

import (
	"strconv"

	"github.com/kkdai/maglev"
	"netmason-bench/peer"
)

const tableSize = 65537

type inputs struct {
	Endpoints []string `json:"endpoints"`
	Keys      []string `json:"keys"`
	Questions []string `json:"questions"`
}

func open(r peer.Request) (*peer.Task, error) {
	var in inputs
	if err := r.ReadInputs(&in); err != nil {
		return nil, err
	}
	build := func() *maglev.Maglev {
		table, err := maglev.NewMaglev(in.Endpoints, tableSize)
		if err != nil {
			panic(err)
		}
		return table
	}
	table := build()
	if r.Mode == "build" {
		owners := map[string]bool{}
		for i := 0; i < 1_000_000; i++ {
			owner, err := table.Get(strconv.Itoa(i))
			if err != nil {
				return nil, err
			}
			owners[owner] = true
		}
		run := func(iterations int) {
			for range iterations {
				peer.Sink = build()
			}
		}
		return &peer.Task{Run: run, Answers: []string{strconv.Itoa(len(owners))}, Keep: func() any { return build() }}, nil
	}
	known := map[string]bool{}
	for _, each := range in.Endpoints {
		known[each] = true
	}
	answers := make([]string, len(in.Questions))
	for i := range answers {
		owner, err := table.Get(in.Keys[i])
		answers[i] = strconv.FormatBool(err == nil && known[owner])
	}
	at, sum := 0, 0
	run := func(iterations int) {
		for range iterations {
			owner, _ := table.Get(in.Keys[at])
			sum += len(owner)
			if at++; at == len(in.Keys) {
				at = 0
			}
		}
		peer.Sink = sum
	}
	return &peer.Task{Run: run, Answers: answers}, nil
}

func main() {
	peer.Serve("github.com/kkdai/maglev", open)
}
