// Answers questions with libcni, one JSON object a line on stdin, one back on stdout: what a result becomes in another
// version, and which network a directory gives.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"

	"github.com/containernetworking/cni/libcni"
	"github.com/containernetworking/cni/pkg/types/create"
)

type question struct {
	// Of a conversion.
	Result  json.RawMessage `json:"result"`
	Version string          `json:"version"`
	// Of a directory.
	Dir  string `json:"dir"`
	Name string `json:"name"`
}

type answer struct {
	// The exact bytes libcni prints.
	Text         string   `json:"text,omitempty"`
	CNIVersion   string   `json:"cniVersion,omitempty"`
	Types        []string `json:"types,omitempty"`
	DisableCheck bool     `json:"disableCheck,omitempty"`
	DisableGC    bool     `json:"disableGC,omitempty"`
	Error        string   `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		given := answer{}
		err := given.fill(asked)
		if err != nil {
			given = answer{Error: err.Error()}
		}
		if err := out.Encode(given); err != nil {
			panic(err)
		}
	}
}

func (a *answer) fill(asked question) error {
	if asked.Dir != "" {
		list, err := libcni.LoadNetworkConf(asked.Dir, asked.Name)
		if err != nil {
			return err
		}
		a.CNIVersion, a.DisableCheck, a.DisableGC = list.CNIVersion, list.DisableCheck, list.DisableGC
		for _, plugin := range list.Plugins {
			a.Types = append(a.Types, plugin.Network.Type)
		}
		return nil
	}
	result, err := create.CreateFromBytes(asked.Result)
	if err != nil {
		return err
	}
	converted, err := result.GetAsVersion(asked.Version)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := converted.PrintTo(&text); err != nil {
		return err
	}
	a.Text = text.String()
	return nil
}
