import type { ListenerJson } from "@netmason/envoy-api/envoy/config/listener/v3";
import { decideHttp } from "./internal/simulate/decide-http.js";
import { tcpOutcome } from "./internal/simulate/decide-tcp.js";
import { findChain } from "./internal/simulate/filter-chains.js";
import type { Plan, StepSink } from "./internal/simulate/plan.js";
import { socketsOf, splitAddress, textOfSocket } from "./internal/simulate/socket-addresses.js";
import { isNotSimulated } from "./internal/simulate/text-matchers.js";
import { typeNameOf } from "./internal/typed-any.js";
import type { Outcome, SimulatedRequest, Step } from "./outcome.js";
import { decodeResource, type Resource } from "./resource.js";
import type { Snapshot } from "./snapshot.js";
import { typeUrls } from "./type-urls.js";

const HTTP = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const TCP = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

/**
 * Follows a request through a snapshot as Envoy would: listener, filter chain, virtual host, route, cluster, what is
 * rewritten, and why every other candidate is passed over. HTTP filters are listed and not executed; what cannot be told
 * without running them, or without state of a running Envoy, is `undecided` and says why.
 *
 * The first request after a change reads and prepares its listener and routes; later ones cost the candidates they look
 * at. `steps` are worked out when they are read.
 *
 * @throws RangeError when `draw` is not in [0, 1)
 * @example
 * ```ts
 * import { assertCompile, cluster, listener, route, routeConfiguration, simulate, virtualHost } from "@netmason/xds";
 *
 * const routes = [route.to("shop", { match: { pathPrefix: "/cart" }, rewrite: { prefix: "/v2/cart" } })];
 * const snapshot = assertCompile({
 *   clusters: [cluster.dns({ name: "shop", host: "shop.internal", port: 80 })],
 *   listeners: [
 *     listener.http({
 *       name: "web",
 *       address: "0.0.0.0:8080",
 *       routes: routeConfiguration({ name: "r", virtualHosts: [virtualHost({ name: "all", domains: ["*"], routes })] }),
 *     }),
 *   ],
 * });
 * const outcome = simulate(snapshot, { authority: "shop.example.com", path: "/cart/1" });
 * outcome.kind === "forward" && `${outcome.cluster} ${outcome.path}`; // => "shop /v2/cart/1"
 * ```
 * @category Simulate
 */
export function simulate(snapshot: Snapshot, request: SimulatedRequest): Outcome {
  const { draw = 0 } = request;
  if (!(draw >= 0 && draw < 1)) throw new RangeError(`draw must be at least 0 and less than 1, not ${draw}`);
  const plan = follow(snapshot, request, undefined);
  let steps: readonly Step[] | undefined;
  return Object.defineProperty(plan, "steps", {
    enumerable: true,
    get: (): readonly Step[] => {
      if (steps === undefined) {
        const found: Step[] = [];
        follow(snapshot, request, (step) => found.push(step));
        steps = found;
      }
      return steps;
    },
  }) as Outcome;
}

function follow(snapshot: Snapshot, request: SimulatedRequest, onStep: StepSink | undefined): Plan {
  const found = findListener(snapshot, request, onStep);
  if (found === undefined) return { kind: "reject", reason: "no_listener" };
  const listener = decodeResource(found);
  const { name } = found;
  if (listener.apiListener !== undefined) {
    const manager = listener.apiListener.apiListener;
    if (typeNameOf(manager) !== HTTP)
      return { kind: "undecided", listener: name, why: "not simulated: the API listener's type" };
    return decideHttp(
      {
        snapshot,
        request,
        onStep,
        listener: name,
        filterChain: "apiListener",
        path: "/apiListener/apiListener",
        port: undefined,
      },
      manager as object,
    );
  }
  if (listener.filterChainMatcher !== undefined) {
    return { kind: "undecided", listener: name, why: "not simulated: filterChainMatcher" };
  }
  const resource = { typeUrl: typeUrls.listener, name };
  const chain = findChain(
    listener,
    atListener(request, listener),
    onStep && ((look) => onStep({ stage: "filterChain", resource, ...look })),
  );
  if (chain === undefined) return { kind: "reject", listener: name, reason: "no_filter_chain" };
  if (isNotSimulated(chain)) return { kind: "undecided", listener: name, why: `not simulated: ${chain.unknown}` };
  const at = { listener: name, filterChain: chain.name };
  const wantsTls =
    chain.chain.transportSocket !== undefined &&
    chain.chain.transportSocket.name !== "envoy.transport_sockets.raw_buffer";
  if (wantsTls && request.tls === undefined) return { kind: "reject", ...at, reason: "tls_required" };
  if (!wantsTls && request.tls !== undefined) return { kind: "reject", ...at, reason: "plain_text_required" };
  const port = splitAddress(atListener(request, listener).destination ?? "").port ?? 0;
  for (const [index, { typedConfig }] of (chain.chain.filters ?? []).entries()) {
    const type = typeNameOf(typedConfig);
    const path = `${chain.path}/filters/${index}/typedConfig`;
    if (type === HTTP) return decideHttp({ snapshot, request, onStep, ...at, path, port }, typedConfig as object);
    if (type === TCP) return tcpOutcome({ snapshot, request, onStep, ...at, path, port }, typedConfig as object);
  }
  return { kind: "undecided", ...at, why: "not simulated: a chain without HTTP connection manager or TCP proxy" };
}

/** A connection to a listener's own address goes where the listener is, unless the request says otherwise. */
function atListener(request: SimulatedRequest, listener: ListenerJson): SimulatedRequest {
  const [own] = socketsOf(listener);
  if (request.destination !== undefined || own?.portValue === undefined) return request;
  return { ...request, destination: textOfSocket(own) };
}

type ListenerResource = Resource<typeof typeUrls.listener>;

function findListener(
  snapshot: Snapshot,
  request: SimulatedRequest,
  onStep: StepSink | undefined,
): ListenerResource | undefined {
  const all = [...snapshot.list(typeUrls.listener)];
  const ranks = all.map((resource) => listenerRank(resource, request, all.length));
  const best = Math.max(0, ...ranks.map(({ rank }) => rank));
  const index = ranks.findIndex(({ rank }) => rank === best && rank > 0);
  if (onStep !== undefined) {
    for (const [at, { name }] of all.entries()) {
      const why = ranks[at]?.why ?? "";
      onStep({
        stage: "listener",
        resource: { typeUrl: typeUrls.listener, name },
        path: "",
        matched: at === index,
        why,
      });
    }
  }
  return all[index];
}

/** By name, then by exact address, then by a wildcard address of the port, then because there is no other. */
function listenerRank(
  resource: ListenerResource,
  request: SimulatedRequest,
  count: number,
): { rank: number; why: string } {
  if (request.listener !== undefined) {
    return resource.name === request.listener
      ? { rank: 4, why: "has the name" }
      : { rank: 0, why: `is not ${request.listener}` };
  }
  if (request.destination === undefined) {
    return count === 1
      ? { rank: 1, why: "is the only listener" }
      : { rank: 0, why: "neither listener nor destination is given" };
  }
  const { host, port } = splitAddress(request.destination);
  const sockets = socketsOf(decodeResource(resource));
  const onPort = sockets.filter(({ portValue }) => portValue === port);
  if (onPort.length === 0) {
    const ports = sockets.map(({ portValue }) => portValue ?? "none").join(" and ");
    return { rank: 0, why: `listens on port ${ports === "" ? "none" : ports}` };
  }
  if (onPort.some(({ address }) => address === host)) return { rank: 3, why: "listens on the address" };
  return onPort.some(({ address }) => address === "0.0.0.0" || address === "::")
    ? { rank: 2, why: "listens on the port of all addresses" }
    : { rank: 0, why: `listens on ${onPort.map(({ address }) => address).join(" and ")}` };
}
