// Rules that make other rules milder cannot be broken: what they let pass must pass, and what they do not must not.
import { hostOf } from "./bootstrap-hosts.js";
import { type JsonFields, urlOf } from "./valid-documents.js";

/** A bootstrap that a modifier lets pass, and one that it does not. */
export interface ModifierProbe {
  readonly modifier: string;
  readonly passing: JsonFields;
  readonly failing: JsonFields;
}

const MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const MUTATION = "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation";
const ROUTER = { name: "router", typedConfig: { "@type": urlOf("envoy.extensions.filters.http.router.v3.Router") } };

function bootstrapOf(typeName: string, config: JsonFields): JsonFields {
  const host = hostOf(typeName);
  if (host === undefined) throw new RangeError(`${typeName} must have a host`);
  return host.wrap({ "@type": urlOf(typeName), ...config });
}

function routed(route: JsonFields): JsonFields {
  const virtualHosts = [{ name: "v", domains: ["*"], routes: [{ match: { prefix: "/" }, ...route }] }];
  return bootstrapOf(MANAGER, { statPrefix: "s", routeConfig: { virtualHosts }, httpFilters: [ROUTER] });
}

const added = (value: string): JsonFields =>
  routed({ directResponse: { status: 200 }, requestHeadersToAdd: [{ header: { key: "x", value } }] });
const removed = (name: string): JsonFields =>
  routed({ directResponse: { status: 200 }, requestHeadersToRemove: [name] });
const counted = (format: string): JsonFields =>
  routed({ route: { cluster: "c", rateLimits: [{ actions: [{ remoteAddress: {} }], hitsAddend: { format } }] } });
const appended = (append: JsonFields): JsonFields =>
  bootstrapOf(MUTATION, { mutations: { queryParameterMutations: [{ append }] } });

export const modifierProbes: readonly ModifierProbe[] = [
  { modifier: "string.strict", passing: added("a\u0001b"), failing: added("a\nb") },
  { modifier: "repeated.items.string.strict", passing: removed("a b"), failing: removed("a\nb") },
  { modifier: "string.ignore_empty", passing: counted(""), failing: counted("x") },
  {
    modifier: "message.skip",
    passing: appended({ entry: { key: "", value: "" }, record: { key: "x", value: "y" } }),
    failing: appended({ record: { key: "", value: "y" } }),
  },
];

/** Rules of messages that no configuration holds, so that no bootstrap can break them. */
export const unreachable: Readonly<Record<string, string>> = {
  "uint32.ignore_empty": "ShadowDecision is what the ext_authz filter leaves for others at run time",
  "map.values.string.min_len": "BucketId is what the rate limit quota service sends",
  "map.values.double.gte": "OrcaLoadReport is what endpoints send",
  "map.values.double.lte": "OrcaLoadReport is what endpoints send",
};
