// Command netmason-envoy-descriptors writes the descriptors of the Envoy v3 API to standard output: one
// google.protobuf.FileDescriptorSet in topological order, the same bytes in every run.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// What Envoy reads, alone or inside google.protobuf.Any. All that these import comes along.
var roots = []string{"envoy/", "xds/", "udpa/", "cel/"}

func main() {
	set, err := proto.MarshalOptions{Deterministic: true}.Marshal(descriptors())
	if err == nil {
		_, err = os.Stdout.Write(set)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func descriptors() *descriptorpb.FileDescriptorSet {
	var paths []string
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if slices.ContainsFunc(roots, func(root string) bool { return strings.HasPrefix(file.Path(), root) }) {
			paths = append(paths, file.Path())
		}
		return true
	})
	slices.Sort(paths)
	set := &descriptorpb.FileDescriptorSet{}
	seen := map[string]bool{}
	var add func(file protoreflect.FileDescriptor)
	add = func(file protoreflect.FileDescriptor) {
		if seen[file.Path()] {
			return
		}
		seen[file.Path()] = true
		for i := range file.Imports().Len() {
			add(file.Imports().Get(i).FileDescriptor)
		}
		set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
	}
	for _, path := range paths {
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		if err != nil {
			panic(err)
		}
		add(file)
	}
	return set
}
