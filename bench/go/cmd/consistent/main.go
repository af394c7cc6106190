// Lookups in a ring of buraksezer/consistent, which bounds loads, with FNV-1a.
package main

import (
	"hash/fnv"
	"strconv"

	"github.com/buraksezer/consistent"
	"netmason-bench/peer"
)

type inputs struct {
	Endpoints []string `json:"endpoints"`
	Keys      []string `json:"keys"`
	Questions []string `json:"questions"`
}

type member string

func (m member) String() string { return string(m) }

type hasher struct{}

func (hasher) Sum64(data []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(data)
	return h.Sum64()
}

func open(r peer.Request) (*peer.Task, error) {
	var in inputs
	if err := r.ReadInputs(&in); err != nil {
		return nil, err
	}
	members := make([]consistent.Member, len(in.Endpoints))
	known := map[string]bool{}
	for i, each := range in.Endpoints {
		members[i] = member(each)
		known[each] = true
	}
	config := consistent.Config{PartitionCount: 65537, ReplicationFactor: 20, Load: 1.25, Hasher: hasher{}}
	ring := consistent.New(members, config)
	keys := make([][]byte, len(in.Keys))
	for i, each := range in.Keys {
		keys[i] = []byte(each)
	}
	answers := make([]string, len(in.Questions))
	for i := range answers {
		answers[i] = strconv.FormatBool(known[ring.LocateKey(keys[i]).String()])
	}
	at, sum := 0, 0
	run := func(iterations int) {
		for range iterations {
			sum += len(ring.LocateKey(keys[at]).String())
			if at++; at == len(keys) {
				at = 0
			}
		}
		peer.Sink = sum
	}
	return &peer.Task{Run: run, Answers: answers}, nil
}

func main() {
	peer.Serve("github.com/buraksezer/consistent", open)
}
