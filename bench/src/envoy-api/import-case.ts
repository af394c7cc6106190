import { execFileSync } from "node:child_process";
import type { BenchCase, NodeContender } from "../bench-case.js";
import { ours } from "./encode-cases.js";
import { protobufjsModule, providePeerModules } from "./peer-modules.js";

const place = import.meta.dirname;

/** A process of its own that imports the modules, so that nothing is warm but the disk. */
function importing(contender: Omit<NodeContender, "prepare">, code: string): NodeContender {
  const run = (): string =>
    execFileSync(process.execPath, ["--input-type=module", "-e", `${code}; process.stdout.write("loaded");`], {
      cwd: place,
      encoding: "utf8",
    });
  return {
    ...contender,
    prepare: () => ({
      run: (iterations) => {
        for (let i = 0; i < iterations; i++) run();
      },
      answers: () => [run()],
      isElsewhere: true,
    }),
  };
}

const pb = ["envoy/config/cluster/v3/cluster", "envoy/config/endpoint/v3/endpoint"];
const codecUrl = import.meta.resolve("@netmason/envoy-api/codec");
const pbUrls = pb.map((path) => import.meta.resolve(`@netmason/envoy-api/pb/${path}`));
const encodeOne = 'defaultCodec().encode("type.googleapis.com/envoy.config.cluster.v3.Cluster", { name: "a" })';

export const importCase: BenchCase = {
  name: "import-codec",
  operation: "starts Node, imports the codec and writes a first message",
  ours: importing(
    ours(() => ({ run: () => {}, answers: () => [] })),
    `const { defaultCodec } = await import(${JSON.stringify(codecUrl)}); ${encodeOne}`,
  ),
  peers: [
    importing({ name: "node", package: "node", note: "starts Node and nothing else" }, ""),
    importing(
      { name: "protobuf-es", package: "@bufbuild/protobuf", note: "imports the messages of clusters and endpoints" },
      pbUrls.map((url) => `await import(${JSON.stringify(url)})`).join("; "),
    ),
    importing(
      {
        name: "protobufjs-static",
        package: "protobufjs",
        note: "imports the messages of clusters, endpoints and what they hold",
        provide: providePeerModules,
      },
      `await import(${JSON.stringify(protobufjsModule)})`,
    ),
  ],
  inputs: () => ({}),
  expected: () => ["loaded"],
};
