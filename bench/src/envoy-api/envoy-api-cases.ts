import type { AreaCases } from "../bench-case.js";
import { decodeCase } from "./decode-cases.js";
import { assignment, assignmentName, cluster, clusterName } from "./documents.js";
import { type Document, encodeCase } from "./encode-cases.js";
import { importCase } from "./import-case.js";

const assignmentOf = (label: string, count: number, mixed: boolean, sha256: string): Document => ({
  label,
  typeName: assignmentName,
  json: assignment(count, mixed),
  sha256,
});

const many = assignmentOf("cla-1000", 1_000, false, "73a8cb37c14ec758404776cae01a505d61b55922d4aa9e96f9d27ccefc226e6c");

/** The cases of `@netmason/envoy-api`; a document is as large when the run is quick. */
export const envoyApiCases: AreaCases = () => [
  encodeCase({
    label: "cluster",
    typeName: clusterName,
    json: cluster,
    sha256: "0a2270eeda903ef701568da4d439ff0e31cd2053b7bc185f193ade0eb3d86296",
  }),
  encodeCase(assignmentOf("cla-10", 10, false, "0829c4b8d4192028752400437bf4ed5741904569b4aa191c9401b4997a2cbe38")),
  encodeCase(many),
  encodeCase(
    assignmentOf("cla-1000-mixed", 1_000, true, "26463195aa5fd5cc9c8470c6c1ada81f06394f78d91329cce5b0dd979a1e1904"),
  ),
  decodeCase(many),
  importCase,
];
