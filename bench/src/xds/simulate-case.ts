import { assertCompile, simulate } from "@netmason/xds";
import type { BenchCase } from "../bench-case.js";
import { keepEach } from "../loops.js";
import { ours } from "./compile-cases.js";
import { meshGraph, serviceNames } from "./mesh-inputs.js";

/** Requests that match a route among many, on average in the middle. */
export function simulateCase(count: number): BenchCase {
  return {
    name: "simulate-1k-routes",
    operation: `follows a request through a listener, one of ${count} routes in order, and its cluster`,
    ours: ours(({ names = [] }) => {
      const snapshot = assertCompile(meshGraph(names));
      const clusterOf = (name: string): string => {
        const outcome = simulate(snapshot, { authority: "shop.example.com", path: `/api/${name}/cart?page=2` });
        return outcome.kind === "forward" ? outcome.cluster : outcome.kind;
      };
      return { run: keepEach(names, clusterOf), answers: () => names.map(clusterOf) };
    }),
    peers: [],
    inputs: () => ({ names: serviceNames(count) }),
    expected: ({ names = [] }) => names,
  };
}
