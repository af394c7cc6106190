// Addresses of metal-stack/go-ipam, in its memory storage.
package main

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"

	goipam "github.com/metal-stack/go-ipam"
	"netmason-bench/peer"
)

// What the child prefixes of mode "child" are as long as.
const childLength = 28

type inputs struct {
	Prefix []string `json:"prefix"`
	Held   []string `json:"held"`
}

func newPrefix(cidr string) (goipam.Ipamer, error) {
	ctx := context.Background()
	ipam := goipam.New(ctx)
	_, err := ipam.NewPrefix(ctx, cidr)
	return ipam, err
}

// Takes addresses until none is left, or so many, and counts the different ones that lie in the prefix.
func take(ipam goipam.Ipamer, cidr string, most int) int {
	prefix := netip.MustParsePrefix(cidr)
	seen := map[netip.Addr]bool{}
	for range most {
		ip, err := ipam.AcquireIP(context.Background(), cidr)
		if err != nil {
			break
		}
		if prefix.Contains(ip.IP) {
			seen[ip.IP] = true
		}
	}
	return len(seen)
}

func fill(cidr string) string {
	ipam, err := newPrefix(cidr)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%d addresses", take(ipam, cidr, 1<<30))
}

func pair(ipam goipam.Ipamer, cidr string) {
	ctx := context.Background()
	ip, err := ipam.AcquireIP(ctx, cidr)
	if err == nil {
		_, err = ipam.ReleaseIP(ctx, ip)
	}
	if err != nil {
		panic(err)
	}
}

// Takes child prefixes, and counts the different ones.
func takeChildren(ipam goipam.Ipamer, cidr string, most int) int {
	seen := map[string]bool{}
	for range most {
		child, err := ipam.AcquireChildPrefix(context.Background(), cidr, childLength)
		if err != nil {
			break
		}
		seen[child.Cidr] = true
	}
	return len(seen)
}

func childPair(ipam goipam.Ipamer, cidr string) {
	ctx := context.Background()
	child, err := ipam.AcquireChildPrefix(ctx, cidr, childLength)
	if err == nil {
		err = ipam.ReleaseChildPrefix(ctx, child)
	}
	if err != nil {
		panic(err)
	}
}

func open(r peer.Request) (*peer.Task, error) {
	var in inputs
	if err := r.ReadInputs(&in); err != nil {
		return nil, err
	}
	cidr := in.Prefix[0]
	if r.Mode == "fill" {
		run := func(iterations int) {
			for range iterations {
				peer.Sink = fill(cidr)
			}
		}
		return &peer.Task{Run: run, Answers: []string{fill(cidr)}}, nil
	}
	held, err := strconv.Atoi(in.Held[0])
	if err != nil {
		return nil, err
	}
	takeSome, run := take, pair
	noun := "addresses"
	if r.Mode == "child" {
		takeSome, run = takeChildren, childPair
		noun = "children"
	}
	// The answers are from a prefix of their own, so that nothing but what is held is live while it is timed.
	asked, err := newPrefix(cidr)
	if err != nil {
		return nil, err
	}
	answer := fmt.Sprintf("%d %s", takeSome(asked, cidr, 100), noun)
	ipam, err := newPrefix(cidr)
	if err != nil {
		return nil, err
	}
	takeSome(ipam, cidr, held)
	repeat := func(iterations int) {
		for range iterations {
			run(ipam, cidr)
		}
	}
	return &peer.Task{Run: repeat, Answers: []string{answer}}, nil
}

func main() {
	peer.Serve("github.com/metal-stack/go-ipam", open)
}
