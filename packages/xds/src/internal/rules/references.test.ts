import { defaultCodec } from "@netmason/envoy-api/codec";
import { envoyFacts } from "@netmason/envoy-api/facts";
import { describe, expect, it } from "vitest";

const { schema } = defaultCodec();

/** Message and field of each reference, through the messages on its path. */
const known = new Set(
  Object.entries(envoyFacts().references).flatMap(([typeName, rules]) =>
    rules.map(({ each = [], at = [] }) => fieldAt(typeName, [...each, ...at]).join(".")),
  ),
);

function fieldAt(typeName: string, [name = "", ...rest]: readonly string[]): readonly [message: string, field: string] {
  const field = schema.message(typeName)?.fields.find(({ jsonName }) => jsonName === name);
  const inner = rest.filter((part) => part !== "*");
  return inner.length === 0 ? [typeName, field?.name ?? ""] : fieldAt(field?.type ?? "", inner);
}

/** Texts that look like the name of a resource by their own name, or by that of a message that shares weight. */
const LOOKS = /cluster|secret|route_config|listener|service_name|config_name|scoped|vhost|resource_name/;

/** Why a field that looks like a reference is none. */
const EXCLUDED: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^envoy\.(admin|data|service)\.(?!dns)|ClusterStats\./, "what Envoy tells, not what it is told"],
  [/ClusterLoadAssignment\.cluster_name$/, "the name of the resource itself"],
  [/^envoy\.config\.core\.v3\.Node\.cluster$/, "the group of the proxy, not an upstream"],
  [/HeaderS?$|_header$/i, "the name of a header that names a cluster"],
  [/RouteAction\.cluster_specifier_plugin$/, "a plugin of the same route configuration"],
  [/(DatadogConfig|OpenTelemetryConfig|ClientConfig)\.service_name$/, "how the traces are labelled"],
  [/GrpcHealthCheck\.service_name$/, "the service that is asked about"],
  [
    /EnvoyInternalAddress\.server_listener_name$/,
    "an internal listener, which the simulator and the graph do not follow",
  ],
  [/DnsService\.service_name$/, "a part of a DNS name"],
  [/process_ratelimit.*resource_name$/, "a rate limit inside the process"],
  [/AggregateClusterResource\.resource_name$/, "a collection by xdstp, of which no member is named"],
  [/clusters\.dynamic_modules.*cluster_name$/, "a name inside the module"],
  [/secret_access_key$/, "a secret itself"],
  [/(AwsRequestSigning|AwsIam)\.service_name$/, "a service of AWS"],
  [/HTTPFault\.upstream_cluster$/, "a condition, which a cluster that is not there never meets"],
  [/per_route_config_name$/, "a name inside the module"],
  [/(Drds|GenericRds|Trds)\.route_config_name$/, "routes of other protocols, of types that no graph has"],
  [/reverse_tunnel/, "what the peer says of itself"],
  [/payload_to_metadata.*service_name$|thrift_proxy\.v3\.RouteMatch\.service_name$/, "a Thrift service"],
  [/prefetch_secret_names$/, "fetched when a name comes up, so a missing one stops nothing"],
];

function candidates(): readonly (readonly [message: string, field: string])[] {
  return schema
    .messageNames()
    .flatMap((typeName) =>
      (schema.message(typeName)?.fields ?? [])
        .filter(
          ({ type, kind, name }) =>
            type === "string" &&
            kind !== "map" &&
            (LOOKS.test(name) || (name === "name" && /(ClusterWeight|RtdsLayer)$/.test(typeName))),
        )
        .map(({ name }) => [typeName, name] as const),
    );
}

describe("the table of references", () => {
  it("has every field that looks like one, or the reason why it is none", () => {
    const undecided = candidates()
      .map((each) => each.join("."))
      .filter((each) => !known.has(each) && !EXCLUDED.some(([pattern]) => pattern.test(each)));
    expect(undecided).toEqual([]);
  });

  it("gives no reason in vain", () => {
    const idle = EXCLUDED.filter(([pattern]) => !candidates().some((each) => pattern.test(each.join("."))));
    expect(idle).toEqual([]);
  });
});
