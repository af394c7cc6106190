// What an HTTP connection manager makes of a request before it asks its routes.
import type { HttpConnectionManagerJson } from "@netmason/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3";
import type { SimulatedRequest } from "../../outcome.js";
import { pathOf, portStart, type RequestView } from "./request-view.js";
import type { NotSimulated } from "./text-matchers.js";

export function viewOf(
  request: SimulatedRequest,
  manager: HttpConnectionManagerJson,
  listenerPort: number | undefined,
): RequestView | NotSimulated {
  const path = normalizedPath(request.path, manager);
  if (typeof path !== "string") return path;
  const { method = "GET", draw = 0, tls } = request;
  const authority = normalizedHost(request.authority, manager, listenerPort);
  const { headers, repeated } = headersOf(request, { method, authority, path });
  const said = manager.useRemoteAddress === true ? undefined : headers.get("x-forwarded-proto");
  const forwardedProto = said ?? (tls === undefined ? "http" : "https");
  const scheme = /^https?$/i.test(forwardedProto) ? forwardedProto : tls === undefined ? "http" : "https";
  headers.set(":scheme", scheme);
  return {
    method,
    authority,
    path,
    bare: pathOf(path),
    scheme,
    forwardedProto,
    isInternal: isInternal(request, manager, headers),
    headers,
    repeated,
    clientCertificate: tls?.clientCertificate,
    pick: (modulus) => Math.min(modulus - 1, Math.floor(draw * modulus)),
    passes: (_, numerator, denominator) => Math.floor(draw * denominator) < numerator,
  };
}

/** Headers by lower-case name, joined as Envoy joins them to match. */
export function headersOf(
  { headers: given = {} }: Pick<SimulatedRequest, "headers">,
  pseudo: { readonly method: string; readonly authority: string; readonly path: string },
): { readonly headers: Map<string, string>; readonly repeated: Set<string> } {
  const headers = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    const values = typeof value === "string" ? [value] : value;
    const key = name.toLowerCase();
    const known = headers.get(key);
    if (values.length + (known === undefined ? 0 : 1) > 1) repeated.add(key);
    headers.set(key, [...(known === undefined ? [] : [known]), ...values].join(","));
  }
  for (const [name, value] of Object.entries(pseudo)) headers.set(`:${name}`, value);
  return { headers, repeated };
}

function normalizedHost(
  authority: string,
  manager: HttpConnectionManagerJson,
  listenerPort: number | undefined,
): string {
  const start = portStart(authority);
  let host = start < 0 ? authority : authority.slice(0, start);
  let port = start < 0 ? "" : authority.slice(start);
  if (manager.stripTrailingHostDot === true && host.endsWith(".")) host = host.slice(0, -1);
  if (manager.stripAnyHostPort === true) port = "";
  if (manager.stripMatchingHostPort === true && port === `:${listenerPort}`) port = "";
  return host + port;
}

function normalizedPath(path: string, manager: HttpConnectionManagerJson): string | NotSimulated {
  if (manager.pathNormalizationOptions !== undefined) return { unknown: "pathNormalizationOptions" };
  const bare = pathOf(path);
  const escapes = manager.pathWithEscapedSlashesAction ?? "KEEP_UNCHANGED";
  const keeps = escapes === "KEEP_UNCHANGED" || escapes === "IMPLEMENTATION_SPECIFIC_DEFAULT";
  if (!keeps && /%2f|%5c/i.test(bare)) return { unknown: "escaped slashes" };
  let normal = bare;
  if (manager.normalizePath === true) {
    if (/[%\\]/.test(bare)) return { unknown: "normalization of escapes in the path" };
    normal = withoutDots(bare);
  }
  if (manager.mergeSlashes === true) normal = normal.replace(/\/{2,}/g, "/");
  return normal + path.slice(bare.length);
}

/** RFC 3986 §5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
    if (isLast && (segment === "." || segment === "..")) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** Whether Envoy takes the request for one from inside: by the one address in x-forwarded-for, or the connection's. */
function isInternal(
  { source }: SimulatedRequest,
  manager: HttpConnectionManagerJson,
  headers: ReadonlyMap<string, string>,
): boolean | undefined {
  if (manager.internalAddressConfig !== undefined || (manager.originalIpDetectionExtensions ?? []).length > 0)
    return undefined;
  const forwarded = headers.get("x-forwarded-for");
  if (manager.useRemoteAddress === true) {
    if (forwarded !== undefined) return false;
    return source === undefined ? undefined : isPrivate(source.slice(0, Math.max(0, portStart(source))));
  }
  return forwarded !== undefined && !forwarded.includes(",") && isPrivate(forwarded.trim());
}

function isPrivate(address: string): boolean {
  return (
    /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address) ||
    /^\[?(::1|f[cd][0-9a-f]{2}:.*)\]?$/i.test(address)
  );
}
