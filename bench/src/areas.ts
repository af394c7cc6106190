import type { AreaCases, BenchCase } from "./bench-case.js";

/** Package name to its cases; an area is loaded when it is asked for. */
const areas: Readonly<Record<string, () => Promise<AreaCases>>> = {
  "envoy-api": async () => (await import("./envoy-api/envoy-api-cases.js")).envoyApiCases,
  ipam: async () => (await import("./ipam/ipam-cases.js")).ipamCases,
  lb: async () => (await import("./lb/lb-cases.js")).lbCases,
  net: async () => (await import("./net/net-cases.js")).netCases,
  xds: async () => (await import("./xds/xds-cases.js")).xdsCases,
  cni: async () => (await import("./cni/cni-cases.js")).cniCases,
};

export const areaNames: readonly string[] = Object.keys(areas);

export async function casesOf(area: string, options: { readonly quick: boolean }): Promise<readonly BenchCase[]> {
  const load = areas[area];
  if (load === undefined) throw new RangeError(`area must be one of ${areaNames.join(", ")}, not ${area}`);
  return (await load())(options);
}
