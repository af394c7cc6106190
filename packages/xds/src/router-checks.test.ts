import {
  isXdsError,
  parseRouterChecks,
  type RouterCheck,
  route,
  routeConfiguration,
  runRouterChecks,
  virtualHost,
} from "@netmason/xds";
import { describe, expect, it } from "vitest";

const split = route.split(
  [
    { name: "v1", weight: 30, requestHeadersToAdd: [{ header: { key: "x-version", value: "1" } }] },
    { name: "v2", weight: 70, hostRewriteLiteral: "v2.internal" },
  ],
  { match: { pathPrefix: "/split" } },
);
const routes = routeConfiguration({
  name: "r",
  virtualHosts: [
    virtualHost({
      name: "shop",
      domains: ["shop.example.com"],
      overrides: {
        virtualHost: {
          virtualClusters: [{ name: "carts", headers: [{ name: ":path", stringMatch: { prefix: "/cart" } }] }],
          requestHeadersToAdd: [
            { header: { key: "x-host", value: "host %REQ(:authority)%" }, appendAction: "OVERWRITE_IF_EXISTS_OR_ADD" },
          ],
          responseHeadersToRemove: ["x-powered-by"],
        },
      },
      routes: [
        route.to("cart", {
          match: { pathPrefix: "/cart" },
          rewrite: { prefix: "/v2" },
          host: { literal: "cart.internal" },
          overrides: {
            route: {
              requestHeadersToAdd: [{ header: { key: "x-host", value: "route" } }],
              responseHeadersToAdd: [{ header: { key: "x-by", value: "route" } }],
            },
          },
        }),
        route.redirect({ match: { path: "/old" }, to: { scheme: "https", path: "/new", status: 302 } }),
        split,
        route.to("experiment", {
          match: {
            pathPrefix: "/some",
            overrides: {
              match: {
                pathSeparatedPrefix: "/some",
                runtimeFraction: { runtimeKey: "try", defaultValue: { numerator: 30 } },
              },
            },
          },
        }),
        route.to("unknown", {
          match: { pathPrefix: "/some" },
          overrides: { route: { requestHeadersToAdd: [{ header: { key: "x", value: "%DURATION%" } }] } },
        }),
      ],
    }),
    virtualHost({
      name: "secure",
      domains: ["secure.example.com"],
      requireTls: true,
      routes: [route.to("secure", { match: { prefix: "/" } })],
    }),
  ],
});

const check = (path: string, validate: object, input: object = {}, authority = "shop.example.com"): unknown => ({
  test_name: path,
  input: { authority, path, method: "GET", ...input },
  validate,
});

const failures = (test: unknown) => runRouterChecks(routes, parseRouterChecks({ tests: [test] }))[0]?.failures;

describe("runRouterChecks", () => {
  it.each(["", "x-draw"])("does not tell the choice of weights that sum to 0, drawn by %j", (headerName) => {
    const weightedClusters = { clusters: [{ name: "a", weight: 0 }], headerName };
    const zero = { match: { prefix: "/" }, route: { weightedClusters } };
    const configuration = { name: "r", virtualHosts: [{ name: "v", domains: ["*"], routes: [zero] }] };
    const headers = { additional_request_headers: [{ key: "x-draw", value: "7" }] };
    const checks = parseRouterChecks({ tests: [check("/", { cluster_name: "a" }, headers)] });
    expect(JSON.stringify(runRouterChecks(configuration, checks))).toContain("weights that sum to 0");
  });

  it.each<[string, unknown]>([
    [
      "a cluster and its rewrites",
      check("/cart/1?a=b", {
        cluster_name: "cart",
        virtual_host_name: "shop",
        virtual_cluster_name: "carts",
        path_rewrite: "/v2/1?a=b",
        host_rewrite: "cart.internal",
      }),
    ],
    ["no other virtual cluster", check("/split", { virtual_cluster_name: "other" })],
    [
      "no cluster of a redirect",
      check("/old?x=1", {
        cluster_name: "",
        path_rewrite: "",
        path_redirect: "https://shop.example.com/new?x=1",
        code_redirect: 302,
      }),
    ],
    ["no host", check("/", { virtual_host_name: "", cluster_name: "" }, {}, "other")],
    ["the first weight", check("/split", { cluster_name: "v1" }, { random_value: 129 })],
    [
      "the second weight and its host",
      check("/split", { cluster_name: "v2", host_rewrite: "v2.internal" }, { random_value: 130 }),
    ],
    ["a fraction by its key", check("/some", { cluster_name: "experiment" }, { runtime: "try", random_value: 29 })],
    [
      "a redirect to TLS",
      check("/a", { path_redirect: "https://secure.example.com/a", cluster_name: "" }, {}, "secure.example.com"),
    ],
    ["TLS", check("/a", { cluster_name: "secure" }, { ssl: true }, "secure.example.com")],
    [
      "headers of all levels, the least specific last",
      check("/cart", {
        request_header_matches: [{ name: "x-host", string_match: { exact: "host shop.example.com" } }],
      }),
    ],
    [
      "headers of a weight",
      check("/split", { request_header_matches: [{ name: "x-version", string_match: { exact: "1" } }] }),
    ],
    [
      "the path as it was",
      check("/cart/2", {
        request_header_fields: [
          { key: "x-envoy-original-path", value: "/cart/2" },
          { key: ":path", value: "/v2/2" },
        ],
      }),
    ],
    [
      "headers of the answer",
      check(
        "/cart",
        {
          response_header_matches: [
            { name: "x-by", string_match: { exact: "route" } },
            { name: "x-powered-by", present_match: false },
          ],
        },
        { additional_response_headers: [{ key: "x-powered-by", value: "php" }] },
      ),
    ],
  ])("compares %s", (_, test) => {
    expect(failures(test)).toEqual([]);
  });

  it.each<[string, unknown, unknown]>([
    ["a cluster", check("/cart", { cluster_name: "shop" }), [{ what: "cluster_name", want: "shop", got: "cart" }]],
    ["a status", check("/old", { code_redirect: 301 }), [{ what: "code_redirect", want: "301", got: "302" }]],
    [
      "what is not simulated",
      check("/some", { cluster_name: "unknown" }),
      [{ what: "route", want: "a decision", got: "not simulated: header value %DURATION%" }],
    ],
    [
      "a header",
      check("/cart", { request_header_matches: [{ name: "x-none", present_match: true }] }),
      [
        {
          what: "request_header_matches",
          want: '{"name":"x-none","presentMatch":true}',
          got: "header x-none is absent",
        },
      ],
    ],
  ])("tells %s that differs", (_, test, want) => {
    expect(failures(test)).toEqual(want);
  });
});

describe("parseRouterChecks", () => {
  it("reads camelCase too", () => {
    const tests: readonly RouterCheck[] = parseRouterChecks({
      tests: [
        {
          testName: "a",
          input: { authority: "a", path: "/", method: "GET", randomValue: 3 },
          validate: { clusterName: "b" },
        },
      ],
    });
    expect(tests).toEqual([
      {
        testName: "a",
        input: { authority: "a", path: "/", method: "GET", randomValue: 3 },
        validate: { clusterName: "b" },
      },
    ]);
  });

  it.each<[unknown, string]>([
    [[], ""],
    [{ tests: [] }, "/tests"],
    [{ tests: [{ input: {}, validate: {} }] }, "/tests/0/test_name"],
    [{ tests: [{ test_name: "a", input: { path: "/", method: "GET" }, validate: {} }] }, "/tests/0/input/authority"],
    [{ tests: [check("/", {}, { random_value: "3" })] }, "/tests/0/input/randomValue"],
    [{ tests: [check("/", { cluster: "a" })] }, "/tests/0/validate/cluster"],
    [{ tests: [check("/", {}, { dynamic_metadata: [] })] }, "/tests/0/input/dynamic_metadata"],
    [
      { tests: [check("/", {}, { additional_request_headers: [{ key: "a" }] })] },
      "/tests/0/input/additionalRequestHeaders/0",
    ],
  ])("refuses %j", (value, path) => {
    const refuse = (): unknown => {
      try {
        return parseRouterChecks(value);
      } catch (error) {
        return isXdsError(error, "invalid_route_tests") ? error.details.path : error;
      }
    };
    expect(refuse()).toBe(path);
  });
});
