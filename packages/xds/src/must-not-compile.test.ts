// What must not compile, one line each: an expectation that is not needed is an error of the compiler.
import {
  bootstrap,
  type Compilation,
  cluster,
  compile,
  endpoints,
  filterChain,
  httpFilter,
  loadBalancing,
  perFilter,
  retry,
  route,
  type Snapshot,
  type TypeUrl,
  tls,
  typeUrls,
  virtualHost,
} from "@netmason/xds";
import { describe, expect, expectTypeOf, it } from "vitest";

const ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";
const anything = { prefix: "/" } as const;

/** Never called: the compiler is what reads it. */
export const mustNotCompile: readonly (() => unknown)[] = [
  // @ts-expect-error two path tests
  () => route.to("a", { match: { prefix: "/", regex: "/.*" } }),
  // @ts-expect-error an unknown retry word
  () => retry({ on: ["5x"] }),
  // @ts-expect-error no retry word
  () => retry({ on: [] }),
  // @ts-expect-error a number for a duration
  () => route.to("a", { match: anything, timeout: 10 }),
  // @ts-expect-error milliseconds
  () => route.to("a", { match: anything, timeout: "10ms" }),
  // @ts-expect-error no path test
  () => route.to("a", { match: {} }),
  // @ts-expect-error two rewrites
  () => route.to("a", { match: anything, rewrite: { prefix: "/", regex: { pattern: "a", substitution: "b" } } }),
  // @ts-expect-error no trust decision
  () => tls.upstream({ serverName: "a" }),
  // @ts-expect-error names that nothing vouches for
  () => tls.upstream({ trust: "insecure", names: ["a"] }),
  // @ts-expect-error names beside the system's authorities, which Envoy refuses
  () => tls.upstream({ trust: "system", names: ["a"] }),
  // @ts-expect-error no certificate
  () => tls.downstream({ certificates: [] }),
  // @ts-expect-error no domain
  () => virtualHost({ name: "a", domains: [], routes: [] }),
  // @ts-expect-error a typo in a typed configuration
  () => httpFilter.typed("x", { "@type": ROUTER, dynamicStat: true }),
  // @ts-expect-error two targets
  () => filterChain.tcp({ cluster: "a", clusters: [{ name: "b", weight: 1 }] }),
  // @ts-expect-error no target
  () => filterChain.tcp({ name: "a" }),
  // @ts-expect-error writing into a snapshot
  () => compile({}).snapshot?.typeUrls.push(typeUrls.cluster),
  // @ts-expect-error a snapshot that may be absent
  (): Snapshot => compile({}).snapshot,
  // @ts-expect-error a redirect with 200
  () => route.redirect({ match: anything, to: { status: 200 } }),
  // @ts-expect-error a redirect to a path and a prefix
  () => route.redirect({ match: anything, to: { path: "/a", prefix: "/b" } }),
  // @ts-expect-error a typo in a policy
  () => perFilter.cors({ allowMethod: "GET" }),
  // @ts-expect-error endpoints and localities
  () => endpoints({ cluster: "a", endpoints: [], localities: [] }),
  // @ts-expect-error a node without cluster
  () => bootstrap({ node: { id: "a" } }),
  // @ts-expect-error an aggregate of nothing
  () => cluster.aggregate({ name: "a", clusters: [] }),
  // @ts-expect-error a policy for a cluster that balances by itself
  () => cluster.originalDst({ name: "a", loadBalancing: loadBalancing.random() }),
  // @ts-expect-error ALPN without TLS
  () => cluster.eds({ name: "a", protocol: "auto" }),
  // @ts-expect-error a bare type name
  (): TypeUrl => "envoy.config.cluster.v3.Cluster",
  // @ts-expect-error writing into a built value
  () => delete cluster.eds({ name: "a" }).edsClusterConfig,
  // @ts-expect-error a typo in an override
  () => filterChain.http({ routes: { rds: "x" }, overrides: { connectionManager: { useRemoteAddres: true } } }),
  // @ts-expect-error a service of two kinds
  () => httpFilter.extAuthz({ grpc: {}, http: {} }),
  // @ts-expect-error a word of Envoy's for a failure mode
  () => httpFilter.rateLimit({ domain: "a", service: {}, failureMode: "open" }),
];

describe("the types", () => {
  it("say when there is a snapshot", () => {
    expectTypeOf<Compilation["snapshot"]>().toEqualTypeOf<Snapshot | undefined>();
    expectTypeOf(typeUrls.cluster).toExtend<TypeUrl>();
    expect(mustNotCompile.length).toBeGreaterThan(25);
  });
});
