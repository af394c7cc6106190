import type { JsonOf } from "@netmason/envoy-api/codec";
import type { ClusterJson } from "@netmason/envoy-api/envoy/config/cluster/v3";
import type { TypedAny, TypeUrlMap } from "@netmason/envoy-api/type-urls";
import { expectTypeOf, it } from "vitest";

interface QuotaAny {
  readonly "@type": "type.googleapis.com/test.Quota";
  readonly tenant?: string;
}

declare module "@netmason/envoy-api/type-urls" {
  interface TypeUrlMap {
    readonly "type.googleapis.com/test.Quota": QuotaAny;
  }
}

const clusterUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

it("gives the JSON type of a type URL without its @type", () => {
  expectTypeOf<JsonOf<typeof clusterUrl>>().toEqualTypeOf<Omit<TypeUrlMap[typeof clusterUrl], "@type">>();
  expectTypeOf<ClusterJson>().toExtend<JsonOf<typeof clusterUrl>>();
  expectTypeOf<JsonOf<"type.googleapis.com/google.protobuf.Duration">>().toEqualTypeOf<`${number}s`>();
  expectTypeOf<JsonOf<"type.googleapis.com/google.protobuf.BoolValue">>().toEqualTypeOf<boolean>();
  expectTypeOf<JsonOf<"type.googleapis.com/test.Unknown">>().toEqualTypeOf<unknown>();
});

it("takes types that were added", () => {
  expectTypeOf<QuotaAny>().toExtend<TypedAny>();
  const filter: TypedAny = { "@type": "type.googleapis.com/test.Quota", tenant: "t1" };
  expectTypeOf(filter).toExtend<TypedAny>();
});

it("refuses what is no document", () => {
  // @ts-expect-error a duration has a unit
  const unit: ClusterJson = { connectTimeout: "5" };
  // @ts-expect-error the name of the enum value is misspelt
  const policy: ClusterJson = { lbPolicy: "LEAST_REQUESTS" };
  // @ts-expect-error a message without fields has none
  const ads: ClusterJson = { edsClusterConfig: { edsConfig: { ads: { on: true } } } };
  const filter: TypedAny = {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
    // @ts-expect-error a typo inside of a field that takes any message
    dynamicStat: true,
  };
  const cluster: ClusterJson = { name: "a" };
  // @ts-expect-error documents are readonly
  cluster.name = "b";
  expectTypeOf([unit, policy, ads, filter]).not.toBeAny();
});
