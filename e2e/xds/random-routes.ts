// Route tables and requests at random, so that hosts, paths, headers and queries meet often.
import { type MatchInput, route, routeConfiguration, virtualHost } from "@netmason/xds";
import fc from "fast-check";

export const CLUSTERS = ["a", "b", "c", "d"] as const;
/** Each cluster is an address of its own on the loopback device. */
export const ADDRESSES: Readonly<Record<(typeof CLUSTERS)[number], string>> = {
  a: "127.0.7.1",
  b: "127.0.7.2",
  c: "127.0.7.3",
  d: "127.0.7.4",
};

const words = ["a", "ab", "b", "c"];
const segment = fc.constantFrom(...words, "A", "x1");
const path = fc.array(segment, { minLength: 0, maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
const text = fc.oneof(
  fc.constantFrom("1", "12", "abc", ""),
  fc.constantFrom({ prefix: "a" }, { suffix: "c" }, { contains: "b" }, { regex: "[a-c]+" }, { regex: "\\d+" }),
);
const headerTest = fc.oneof(
  text,
  fc.record({ present: fc.boolean() }),
  text.map((not) => ({ not })),
);
const cluster = fc.constantFrom(...CLUSTERS);

const pathTest = fc.oneof(
  path.map((prefix) => ({ prefix })),
  path.map((whole) => ({ path: whole })),
  path.filter((each) => each !== "/").map((pathPrefix) => ({ pathPrefix })),
  fc.constantFrom({ regex: "/a.*" }, { regex: "/[ab]+(/.*)?" }, { regex: "(?i)/[A-B].*" }, { regex: "/\\w+" }),
);

const match = fc
  .record({
    test: pathTest,
    method: fc.option(fc.constantFrom("GET", "POST"), { nil: undefined, freq: 4 }),
    headers: fc.dictionary(fc.constantFrom("x-one", "x-two"), headerTest, { maxKeys: 1 }),
    query: fc.dictionary(fc.constantFrom("q", "r"), fc.oneof(text, fc.record({ present: fc.boolean() })), {
      maxKeys: 1,
    }),
    insensitive: fc.boolean(),
  })
  .map(
    ({ test, method, headers, query, insensitive }) =>
      ({
        ...test,
        ...(method !== undefined && { method }),
        headers,
        query,
        ...(insensitive && !("regex" in test) && { overrides: { match: { caseSensitive: false, ...proto(test) } } }),
      }) as MatchInput,
  );

/** `overrides.match` is assigned last, so it must carry the test as well. */
function proto(test: { prefix?: string; path?: string; pathPrefix?: string }): object {
  if (test.prefix !== undefined) return { prefix: test.prefix };
  return test.path === undefined ? { pathSeparatedPrefix: test.pathPrefix } : { path: test.path };
}

const rewrite = fc.option(
  fc.oneof(
    path.map((prefix) => ({ prefix })),
    fc.constantFrom(
      { regex: { pattern: "a", substitution: "z" } },
      { regex: { pattern: "^/(\\w+)/", substitution: "/\\1-\\1/" } },
      { regex: { pattern: "/$", substitution: "/end\\\\" } },
    ),
  ),
  { nil: undefined },
);
const host = fc.option(fc.constantFrom({ literal: "rewritten" }), { nil: undefined });

const redirectTarget = fc
  .record({
    scheme: fc.option(fc.constant("https" as const), { nil: undefined }),
    host: fc.option(fc.constant("other.example.com"), { nil: undefined }),
    port: fc.option(fc.constantFrom(8443, 80), { nil: undefined }),
    status: fc.option(fc.constantFrom(302, 303, 307, 308), { nil: undefined }),
    stripQuery: fc.option(fc.boolean(), { nil: undefined }),
    target: fc.option(
      fc.oneof(
        path.map((whole) => ({ path: whole })),
        fc.constant({ path: "/p?z=1" }),
        path.map((prefix) => ({ prefix })),
      ),
      {
        nil: undefined,
      },
    ),
  })
  .map(({ target, ...rest }) => ({ ...definedOnly(rest), ...target }));

function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const oneRoute = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ cluster, match, rewrite, host })
      .map(({ cluster: to, ...input }) => route.to(to, definedOnly(input) as { match: MatchInput })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        match,
        weights: fc.uniqueArray(fc.record({ name: cluster, weight: fc.integer({ min: 0, max: 9 }) }), {
          selector: ({ name }) => name,
          minLength: 1,
        }),
      })
      .filter(({ weights }) => weights.some(({ weight }) => weight > 0))
      .map(({ match: test, weights }) => {
        const made = route.split(weights, { match: test });
        return { ...made, route: { ...made.route, weightedClusters: { clusters: weights, headerName: "x-draw" } } };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ match, to: redirectTarget })
      .map((input) => route.redirect(input as Parameters<typeof route.redirect>[0])),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ match, status: fc.constantFrom(200, 418, 503), body: fc.constantFrom("", "hello") })
      .map((input) => route.respond(input)),
  },
);

/** A route configuration; some take any host, some redirect to https. */
export const routeTable: fc.Arbitrary<ReturnType<typeof routeConfiguration>> = fc
  .record({
    hosts: fc.array(
      fc.record({
        routes: fc.array(oneRoute, { minLength: 1, maxLength: 6 }),
        requireTls: fc.integer({ min: 0, max: 5 }),
      }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    domains: fc.shuffledSubarray(
      ["a.example.com", "*.example.com", "*b.example.com", "a.*", "c.example.com:8080", "*"],
      { minLength: 3 },
    ),
    ignorePort: fc.boolean(),
  })
  .map(({ hosts, domains, ignorePort }) => {
    const virtualHosts = hosts.map(({ routes, requireTls }, index) => {
      const own = domains.filter((_, at) => at % hosts.length === index);
      return virtualHost({
        name: `v${index}`,
        domains: own as [string, ...string[]],
        routes,
        requireTls: requireTls === 0,
      });
    });
    return routeConfiguration({
      name: "random",
      virtualHosts,
      overrides: { routeConfiguration: { ignorePortInHostMatching: ignorePort } },
    });
  });

/** A request; `x-draw` takes the place of chance in weighted clusters. */
export const randomRequest: fc.Arbitrary<{
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly headers: Readonly<Record<string, string>>;
}> = fc.record({
  method: fc.constantFrom("GET", "GET", "POST"),
  path: fc
    .record({
      path,
      end: fc.constantFrom("", "", "/"),
      query: fc.constantFrom("", "", "?q=1", "?q=abc&r", "?r=12&q=", "?x"),
    })
    .map((parts) => `${parts.path}${parts.path === "/" ? "" : parts.end}${parts.query}`),
  authority: fc.constantFrom(
    "a.example.com",
    "A.EXAMPLE.com",
    "b.example.com",
    "xb.example.com",
    "a.net",
    "c.example.com:8080",
    "c.example.com:80",
    "z",
    "a.example.com:80",
  ),
  headers: fc
    .record({
      one: fc.option(fc.constantFrom("1", "abc", "")),
      two: fc.option(fc.constantFrom("12", "b")),
      draw: fc.integer({ min: 0, max: 50 }),
      proto: fc.option(fc.constantFrom("https", "http"), { freq: 2 }),
    })
    .map(({ one, two, draw, proto: forwarded }) => ({
      "x-draw": String(draw),
      ...(one !== null && { "x-one": one }),
      ...(two !== null && { "x-two": two }),
      ...(forwarded !== null && { "x-forwarded-proto": forwarded }),
    })),
});
