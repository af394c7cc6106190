import type { ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import { compile } from "../compile.js";
import type { Graph } from "../graph.js";
import { socketsOf, textOfSocket } from "../internal/simulate/socket-addresses.js";
import * as listener from "../listener.js";
import type { Outcome, SimulatedRequest, Step } from "../outcome.js";
import { simulate } from "../simulate.js";
import type { Snapshot } from "../snapshot.js";
import type { Terminal } from "./command-line.js";
import { type Collected, placeOf } from "./configuration-files.js";
import { formatIssue, issuesOf, readFiles } from "./lint-command.js";

/** What `xds route` is asked. */
export interface RouteQuestion {
  /** `METHOD URL`, or a URL alone. */
  readonly request: string;
  /** `NAME: VALUE` each. */
  readonly headers: readonly string[];
  readonly listener?: string;
  readonly draw: number;
}

/** Prints every candidate with its reason, and what becomes of the request. */
export function explainRoute(files: readonly string[], question: RouteQuestion, terminal: Terminal): number {
  const { collected, faultCount } = readFiles(files, terminal);
  if (faultCount > 0) return 1;
  const graph = withListener(collected.graph);
  const { snapshot } = compile(graph, { external: "any" });
  if (snapshot === undefined) {
    const errors = issuesOf(collected, "envoy").filter(({ severity }) => severity === "error");
    for (const issue of errors) terminal.print(formatIssue(issue, collected.originOf(issue.resource)));
    terminal.printError("Envoy would refuse this configuration; mend it first");
    return 1;
  }
  const asked = requestOf(question, graph);
  const { request, isBehindTls, outcome } = follow(snapshot, asked.request);
  terminal.print(
    `${request.method ?? "GET"} ${request.tls === undefined && !isBehindTls ? "http" : "https"}://${request.authority}${request.path}`,
  );
  if (isBehindTls)
    terminal.print("  (the listener is plain text, so TLS ends before Envoy: x-forwarded-proto is https)");
  if (asked.note !== undefined) terminal.print(`  (${asked.note})`);
  for (const step of outcome.steps) terminal.print(formatStep(step, collected));
  terminal.print(formatOutcome(outcome));
  return outcome.kind === "reject" || outcome.kind === "undecided" ? 1 : 0;
}

/** Route configurations alone are looked at through a listener of their own. */
function withListener(graph: Graph): Graph {
  const { listeners = [], routes = [] } = graph;
  const [first] = routes;
  if (listeners.length > 0 || first === undefined) return graph;
  return {
    ...graph,
    listeners: [listener.http({ name: "(routes)", address: "0.0.0.0:80", routes: { rds: first.name ?? "" } })],
  };
}

interface Asked {
  readonly request: SimulatedRequest;
  /** Which listener was taken of several. */
  readonly note: string | undefined;
}

function requestOf({ request, headers, listener: name, draw }: RouteQuestion, { listeners = [] }: Graph): Asked {
  const [, method = "GET", text = ""] = /^(?:([A-Z]+)\s+)?(\S+)$/.exec(request.trim()) ?? [];
  if (!URL.canParse(text)) throw new TypeError(`--request: expected METHOD URL, got ${JSON.stringify(request)}`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new TypeError(`--request: expected http or https, got ${url.protocol}`);
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const { destination, note } = name === undefined ? listenerOn(url.hostname, port, listeners) : NOWHERE;
  // As it was written, where URL would resolve dots and escape characters.
  const path = /^[^/]*\/\/[^/?#]*([^#]*)/.exec(text)?.[1] ?? "";
  const simulated: SimulatedRequest = {
    method,
    authority: url.host,
    path: path.startsWith("/") ? path : `/${path}`,
    headers: headersOf(headers),
    draw,
    ...(url.protocol === "https:" && { tls: { serverName: url.hostname } }),
    ...(name !== undefined && { listener: name }),
    ...(destination !== undefined && { destination }),
  };
  return { request: simulated, note };
}

interface Destination {
  readonly destination?: string;
  readonly note?: string;
}

const NOWHERE: Destination = {};

/** A listener on the port: the one on the host of the URL, else one on all addresses, else the first. */
function listenerOn(host: string, port: number, listeners: readonly ListenerJson[]): Destination {
  const all = listeners.flatMap((each) => {
    const own = socketsOf(each).filter(({ portValue }) => portValue === port);
    return own.map((socket) => ({ name: each.name ?? "", socket }));
  });
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  const chosen =
    all.find(({ socket }) => socket.address === bare) ??
    all.find(({ socket }) => socket.address === "0.0.0.0" || socket.address === "::") ??
    all[0];
  const names = [...new Set(all.map(({ name }) => name))];
  if (chosen === undefined) {
    if (listeners.length < 2) return NOWHERE;
    return { note: `nothing listens on port ${port}: say --listener, one of ${listeners.map(nameOf).join(", ")}` };
  }
  const destination = textOfSocket(chosen.socket);
  if (names.length < 2) return { destination };
  return { destination, note: `${names.join(" and ")} listen on port ${port}: taken is ${chosen.name}` };
}

function nameOf({ name = "" }: ListenerJson): string {
  return name;
}

function headersOf(lines: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const colon = line.indexOf(":", 1);
    if (colon < 0) throw new TypeError(`--header: expected NAME: VALUE, got ${JSON.stringify(line)}`);
    const name = line.slice(0, colon).trim().toLowerCase();
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()];
  }
  return headers;
}

interface Followed {
  readonly request: SimulatedRequest;
  /** Whether TLS had to end before Envoy. */
  readonly isBehindTls: boolean;
  readonly outcome: Outcome;
}

function follow(snapshot: Snapshot, request: SimulatedRequest): Followed {
  const outcome = simulate(snapshot, request);
  if (outcome.kind !== "reject" || outcome.reason !== "plain_text_required")
    return { request, isBehindTls: false, outcome };
  const { tls: _, ...plain } = request;
  const forwarded = { ...plain, headers: { ...request.headers, "x-forwarded-proto": "https" } };
  return { request: forwarded, isBehindTls: true, outcome: simulate(snapshot, forwarded) };
}

const STAGES = {
  listener: "listener",
  filterChain: "filter chain",
  virtualHost: "virtual host",
  route: "route",
  cluster: "cluster",
};

function formatStep({ stage, resource, path, matched, why }: Step, collected: Collected): string {
  const origin = collected.originOf(resource);
  const where = origin === undefined ? "" : ` (${origin.document.file}:${placeOf(origin, path).line})`;
  const place = path === "" ? resource.name : path.split("/").slice(-2).join("/");
  return `  ${matched ? "✓" : "✗"} ${STAGES[stage]} ${place}${where}: ${why}`;
}

function formatOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case "forward": {
      const { cluster, split, path, authority, timeout, endpointCount } = outcome;
      const shares =
        split.length === 1
          ? ""
          : ` of ${split.map((each) => `${each.cluster} ${Math.round(each.share * 1_000) / 10} %`).join(", ")}`;
      const count = endpointCount === undefined ? "" : `, ${endpointCount} endpoint${endpointCount === 1 ? "" : "s"}`;
      return `→ cluster ${cluster}${shares}: path ${path}, host ${authority ?? "of the endpoint"}, timeout ${timeout}${count}`;
    }
    case "tcp":
      return `→ cluster ${outcome.cluster}, as TCP`;
    case "redirect":
      return `→ ${outcome.status} to ${outcome.location}`;
    case "respond":
      return `→ ${outcome.status} ${JSON.stringify(outcome.body)}`;
    case "reject":
      return `→ refused: ${outcome.reason}${outcome.status === undefined ? "" : ` (${outcome.status})`}`;
    case "undecided":
      return `→ ${outcome.why}`;
    default:
      return outcome satisfies never;
  }
}
