import { describe, expect, it } from "vitest";
import { runCommandLine } from "./command-line.js";

const GATEWAY = `admin: { address: { socket_address: { address: 127.0.0.1, port_value: 9901 } } }
static_resources:
  listeners:
  - name: web
    address: { socket_address: { address: 0.0.0.0, port_value: 8080 } }
    filter_chains:
    - filters:
      - name: http
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ingress
          route_config:
            name: local
            virtual_hosts:
            - name: shop
              domains: [shop.example.com]
              routes:
              - match: { path_separated_prefix: /cart }
                route: { cluster: shop, prefix_rewrite: /v2 }
              - match: { prefix: / }
                redirect: { path_redirect: /cart }
          http_filters:
          - name: router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
  - name: shop
    type: STRICT_DNS
    load_assignment:
      cluster_name: shop
      endpoints:
      - lb_endpoints: [{ endpoint: { address: { socket_address: { address: shop, port_value: 80 } } } }]
`;

function run(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): { code: number; out: string[]; err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const readFile = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  };
  const code = runCommandLine(args, {
    readFile,
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
  });
  return { code, out, err };
}

describe("xds lint", () => {
  it("takes a gateway without fault", () => {
    expect(run({ "g.yaml": GATEWAY }, "lint", "g.yaml")).toEqual({
      code: 0,
      out: ["0 errors, 0 warnings in 1 file"],
      err: [],
    });
  });

  it.each([
    [
      "a field",
      "stat_prefix: ingress",
      'stat_prefix: ""',
      ['g.yaml:11:11: error: stat_prefix: must not be empty, not "" (field_rule)'],
    ],
    [
      "a typo",
      "prefix_rewrite",
      "prefix_rewrit",
      [
        expect.stringMatching(/^g\.yaml:19:41: error: prefix_rewrit: .* has no field prefix_rewrit \(unknown_field\)$/),
        "  hint: prefixRewrite",
      ],
    ],
    [
      "a reference",
      "{ cluster: shop,",
      "{ cluster: shp,",
      [
        'g.yaml:19:26: error: cluster: no Cluster is named "shp" (missing_reference)',
        "g.yaml:26:5: warning: nothing in the graph names it (unused_resource)",
      ],
    ],
    ["syntax", "admin: {", "admin: [", [expect.stringMatching(/^g\.yaml:1:\d+: error: .* \(syntax\)$/)]],
  ] as const)("places %s", (_, from, to, want) => {
    const { code, out } = run({ "g.yaml": GATEWAY.replace(from, to) }, "lint", "g.yaml");
    expect(code).toBe(1);
    expect(out.join("\n").split("\n").slice(0, want.length)).toEqual(want);
  });

  it("reads resources of several kinds, also as JSON and discovery responses", () => {
    const cluster = { "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", name: "a", type: "EDS" };
    const { code, out } = run(
      {
        "cds.json": JSON.stringify({ version_info: "1", resources: [cluster] }, undefined, 1),
        "r.yaml": "name: r\nvirtual_hosts: []\n---\nfoo: 1\n",
      },
      "lint",
      "cds.json",
      "r.yaml",
    );
    expect(code).toBe(1);
    expect(out).toEqual([
      "r.yaml:4:1: error: neither a bootstrap nor a resource (unknown_type_url)",
      '  hint: say what it is by "@type"',
      "cds.json:4:3: error: edsClusterConfig: an EDS cluster needs an edsConfig (envoy_refuses)",
      "2 errors, 0 warnings in 2 files",
    ]);
  });

  it.each([
    ["a discovery response of nothing", '{"resources":[]}'],
    ["a list of nothing", "[]"],
    ["nothing at all", ""],
  ])("finds nothing in %s", (_, text) => {
    expect(run({ "n.yaml": text }, "lint", "n.yaml")).toEqual({
      code: 0,
      out: ["nothing found: no resource in 1 file"],
      err: [],
    });
  });

  it("tells what it does not know beside what it knows", () => {
    const text = "resources:\n- { name: r, virtual_hosts: [] }\n- { nmae: s }\n- 7\n";
    expect(run({ "l.yaml": text }, "lint", "l.yaml")).toMatchObject({
      code: 1,
      out: [
        "l.yaml:3:3: error: neither a bootstrap nor a resource (unknown_type_url)",
        '  hint: say what it is by "@type"',
        "l.yaml:4:3: error: neither a bootstrap nor a resource (unknown_type_url)",
        '  hint: say what it is by "@type"',
        "2 errors, 0 warnings in 1 file",
      ],
    });
  });

  it("looks into the second resource of a name, where it stands", () => {
    const first = "name: a\nlb_policy: RANDOM\ntype: STATIC\nload_assignment: { cluster_name: a }\n";
    const second = "name: a\ntype: EDS\nlb_policy: RANDOM\n";
    expect(run({ "1.yaml": first, "2.yaml": second }, "lint", "1.yaml", "2.yaml")).toMatchObject({
      code: 1,
      out: [
        '2.yaml:1:1: error: a second Cluster "a" (duplicate_name)',
        "  hint: the first is at 1.yaml:1:1",
        "2.yaml:1:1: error: edsClusterConfig: an EDS cluster needs an edsConfig (envoy_refuses)",
        "2 errors, 0 warnings in 2 files",
      ],
    });
  });

  it("checks the bootstrap itself and what it uses", () => {
    const text = `node: { id: n }
dynamic_resources:
  ads_config: { api_type: GRPC, transport_api_version: V3, grpc_services: [{ envoy_grpc: { cluster_name: xds } }] }
  cds_config: { ads: {} }
static_resources:
  clusters:
  - { name: xds, type: STRICT_DNS, load_assignment: { cluster_name: xds, endpoints: [] } }
`;
    expect(run({ "b.yaml": text }, "lint", "b.yaml").out).toEqual([
      "b.yaml:1:1: error: cluster: xDS needs node.id and node.cluster (envoy_refuses)\n  hint: or --service-node and --service-cluster",
      'b.yaml:3:92: warning: cluster_name: gRPC needs HTTP/2, which cluster "xds" does not speak (http2_required)\n  hint: set http2ProtocolOptions in its HttpProtocolOptions',
      "1 error, 1 warning in 1 file",
    ]);
  });

  it("adds what gRPC clients refuse", () => {
    const cluster = "{ name: a, lb_policy: MAGLEV, type: STATIC, load_assignment: { cluster_name: a, endpoints: [] } }";
    expect(run({ "c.yaml": cluster }, "lint", "c.yaml", "--target", "grpc").out).toContain(
      "c.yaml:1:31: error: type: gRPC knows EDS, LOGICAL_DNS and aggregate clusters (grpc_unsupported)",
    );
  });
});

describe("xds route", () => {
  const explain = (request: string, ...more: readonly string[]) =>
    run({ "g.yaml": GATEWAY }, "route", "g.yaml", "--request", request, ...more);

  it("explains where a request goes", () => {
    expect(explain("GET http://shop.example.com:8080/cart/1?x=1")).toMatchObject({ code: 1 });
    expect(explain("GET https://shop.example.com/cart/1?x=1")).toEqual({
      code: 0,
      err: [],
      out: [
        "GET https://shop.example.com/cart/1?x=1",
        "  (the listener is plain text, so TLS ends before Envoy: x-forwarded-proto is https)",
        "  ✓ listener web (g.yaml:4): is the only listener",
        "  ✓ filter chain filterChains/0 (g.yaml:7): every criterion matches",
        "  ✓ virtual host virtualHosts/0 (g.yaml:15): domain shop.example.com takes shop.example.com",
        "  ✓ route routes/0 (g.yaml:18): all tests pass",
        "  ✓ cluster shop (g.yaml:26): has 1 endpoints",
        "→ cluster shop: path /v2/1?x=1, host shop.example.com, timeout 15s, 1 endpoint",
      ],
    });
  });

  const two = `${GATEWAY}`.replace("0.0.0.0, port_value: 8080", "10.0.0.1, port_value: 80");

  it("finds a listener by its port, on whatever address it listens", () => {
    const { code, out } = run({ "g.yaml": two }, "route", "g.yaml", "--request", "GET http://shop.example.com/cart/1");
    expect([code, out[1], out.at(-1)]).toEqual([
      0,
      "  ✓ listener web (g.yaml:4): listens on the address",
      "→ cluster shop: path /v2/1, host shop.example.com, timeout 15s, 1 endpoint",
    ]);
  });

  it("says which of several listeners it takes, and what to do where none has the port", () => {
    const chains =
      'filter_chains: [{ filters: [{ name: e, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }] }]';
    const at = (name: string, address: string) =>
      `\n---\n{ name: ${name}, address: { socket_address: { address: ${address}, port_value: 80 } }, ${chains} }`;
    const files = { "g.yaml": two + at("all", "0.0.0.0") + at("own", "10.0.0.2") };
    const taken = (url: string): unknown => run(files, "route", "g.yaml", "--request", url).out[1];
    expect(taken("http://shop.example.com/")).toBe("  (web and all and own listen on port 80: taken is all)");
    expect(taken("http://10.0.0.2/")).toBe("  (web and all and own listen on port 80: taken is own)");
    expect(taken("http://10.0.0.2:81/")).toBe("  (nothing listens on port 81: say --listener, one of web, all, own)");
  });

  it("takes the query of a URL without a path for a query", () => {
    expect(explain("GET http://other?next=/a").out[0]).toBe("GET http://other/?next=/a");
    expect(explain("GET http://other").out[0]).toBe("GET http://other/");
    expect(explain("GET http://other/a/../b?c#d/e").out[0]).toBe("GET http://other/a/../b?c");
  });

  it("explains redirects and refusals", () => {
    expect(explain("http://shop.example.com/").out.at(-1)).toBe("→ 301 to http://shop.example.com/cart");
    expect(explain("GET http://other/")).toMatchObject({
      code: 1,
      out: expect.arrayContaining(["→ refused: no_virtual_host (404)"]),
    });
  });

  it("reads a route configuration alone", () => {
    const routes =
      'name: r\nvirtual_hosts:\n- name: v\n  domains: ["*"]\n  routes:\n  - match: { prefix: /, headers: [{ name: x, present_match: true }] }\n    direct_response: { status: 200, body: { inline_string: hi } }\n';
    const { code, out } = run(
      { "r.yaml": routes },
      "route",
      "r.yaml",
      "--request",
      "GET http://a/",
      "--header",
      "X: 1",
    );
    expect([code, out.at(-1)]).toEqual([0, '→ 200 "hi"']);
  });
});

describe("xds route --checks", () => {
  const check = (cluster: string) => `tests:
- test_name: cart
  input: { authority: shop.example.com, path: /cart/1, method: GET }
  validate: { cluster_name: ${cluster}, path_rewrite: /v2/1 }
`;

  it("runs the tests of router_check_tool", () => {
    const files = { "g.yaml": GATEWAY, "good.yaml": check("shop"), "bad.yaml": check("other") };
    expect(run(files, "route", "g.yaml", "--checks", "good.yaml")).toEqual({
      code: 0,
      err: [],
      out: ["✓ cart", "1 of 1 tests pass"],
    });
    expect(run(files, "route", "g.yaml", "--checks", "bad.yaml")).toEqual({
      code: 1,
      err: [],
      out: ["✗ cart\n    cluster_name: want other, got shop", "0 of 1 tests pass"],
    });
  });
});

describe("a wrong command", () => {
  it.each([
    [[], "xds lint"],
    [["lint"], "lint: name at least one file"],
    [["lint", "none.yaml"], "ENOENT: none.yaml"],
    [["lint", "x", "--target", "nginx"], "--target must be envoy or grpc, not nginx"],
    [["route", "x"], "route: say --request 'METHOD URL' or --checks TESTS"],
  ])("is told: %j", (args, want) => {
    const { code, err } = run({ x: "" }, ...args);
    expect(code).toBe(2);
    expect(err.join("\n")).toContain(want);
  });
});
