// A request as the matchers of Envoy see it.

/** The parts of a request that routes look at. */
export interface RequestView {
  readonly method: string;
  /** As given, before ports are ignored. */
  readonly authority: string;
  /** With the query. */
  readonly path: string;
  /** The path without query and fragment. */
  readonly bare: string;
  /** Of redirects that keep it: what `x-forwarded-proto` says where it is trusted, else that of the connection. */
  readonly scheme: string;
  /** What `x-forwarded-proto` says, which decides on redirects to https. */
  readonly forwardedProto: string;
  /** `undefined` where nobody said. */
  readonly isInternal: boolean | undefined;
  /** By lower-case name, pseudo-headers too; several values are joined by commas, as Envoy does to match them. */
  readonly headers: ReadonlyMap<string, string>;
  /** Headers given more than once. */
  readonly repeated: ReadonlySet<string>;
  readonly clientCertificate: "presented" | "validated" | undefined;
  /** A number below `modulus`, by chance or by what a test says. */
  readonly pick: (modulus: number) => number;
  /** Whether a runtime fraction lets the request pass. */
  readonly passes: (key: string, numerator: number, denominator: number) => boolean;
}

/** The path without query and fragment. */
export function pathOf(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** The first value of each query parameter, not decoded: Envoy compares what was sent. */
export function queryOf(path: string): ReadonlyMap<string, string> {
  const start = path.indexOf("?");
  const values = new Map<string, string>();
  if (start < 0) return values;
  const end = path.indexOf("#", start);
  for (const part of path.slice(start + 1, end < 0 ? undefined : end).split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    if (!values.has(name)) values.set(name, equals < 0 ? "" : part.slice(equals + 1));
  }
  return values;
}

/** Where the port of a host begins, its colon included; -1 without one. */
export function portStart(host: string): number {
  const colon = host.lastIndexOf(":");
  if (colon < 0) return -1;
  const bracket = host.lastIndexOf("]");
  if (bracket >= 0 && colon < bracket) return -1;
  if (bracket < 0 && host.indexOf(":") !== colon) return -1;
  return /^:[0-9]+$/.test(host.slice(colon)) ? colon : -1;
}
