// Which requests a route matches (source/common/router/config_impl.cc).
import type { CookieMatcherJson, RouteMatchJson } from "@netmason/envoy-api/envoy/config/route/v3";
import { pathOf, queryOf, type RequestView } from "./request-view.js";
import {
  asciiLower,
  headerTest,
  isNotSimulated,
  queryTest,
  type RequestTest,
  regexMatcher,
  stringMatcher,
  type Verdict,
} from "./text-matchers.js";

/** A route's test, and the part of a path that its prefix rewrite replaces. */
export interface RouteMatcher {
  readonly test: RequestTest;
  readonly matchedPart: (path: string) => string;
}

/** `ignoreParameters` cuts the path at a semicolon before it is matched. */
export function routeMatcher(match: RouteMatchJson, ignoreParameters: boolean): RouteMatcher {
  const path = pathMatcher(match, ignoreParameters);
  const tests = [...path.tests, ...otherTests(match)];
  const [only] = tests;
  const test: RequestTest = tests.length === 1 && only !== undefined ? only : (request) => allOf(tests, request);
  return { test, matchedPart: path.matchedPart };
}

/** What fails outweighs what cannot be told. */
function allOf(tests: readonly RequestTest[], request: RequestView): Verdict {
  let unknown: Verdict;
  for (const test of tests) {
    const verdict = test(request);
    if (typeof verdict === "string") return verdict;
    unknown ??= verdict;
  }
  return unknown;
}

function asIs(text: string): string {
  return text;
}

function withoutParameters(path: string): string {
  const semicolon = path.indexOf(";");
  return semicolon < 0 ? path : path.slice(0, semicolon);
}

interface PathMatcher {
  readonly tests: readonly RequestTest[];
  readonly matchedPart: (path: string) => string;
}

function pathMatcher(match: RouteMatchJson, ignoreParameters: boolean): PathMatcher {
  const cut = ignoreParameters ? withoutParameters : asIs;
  const fold = match.caseSensitive === false ? asciiLower : asIs;
  const starting =
    (prefix: string): ((path: string) => string) =>
    (path) =>
      path.slice(0, prefix.length);
  const failing = (no: string, holds: (text: string) => boolean): readonly RequestTest[] => [
    ({ bare }) => (holds(cut(bare)) ? undefined : no),
  ];
  if (match.prefix !== undefined) {
    const { prefix } = match;
    const folded = fold(prefix);
    const tests = failing(`path does not begin with ${prefix}`, (text) => fold(text).startsWith(folded));
    return { tests, matchedPart: starting(prefix) };
  }
  if (match.path !== undefined) {
    const folded = fold(match.path);
    const tests = failing(`path is not ${match.path}`, (text) => fold(text) === folded);
    return { tests, matchedPart: starting(match.path) };
  }
  if (match.pathSeparatedPrefix !== undefined) {
    const { pathSeparatedPrefix: prefix } = match;
    const folded = fold(prefix);
    const tests = failing(`path is not ${prefix} or below it`, (text) => {
      const end = text.length === folded.length ? "/" : text[folded.length];
      return end === "/" && fold(text).startsWith(folded);
    });
    return { tests, matchedPart: starting(prefix) };
  }
  if (match.safeRegex !== undefined) {
    const matcher = regexMatcher(match.safeRegex);
    const tests = isNotSimulated(matcher) ? [() => matcher] : failing(`path is not ${matcher.says}`, matcher.test);
    return { tests, matchedPart: pathOf };
  }
  if (match.connectMatcher !== undefined) {
    return {
      tests: [({ method }) => (method === "CONNECT" ? undefined : "method is not CONNECT")],
      matchedPart: pathOf,
    };
  }
  return { tests: [() => ({ unknown: "pathMatchPolicy" })], matchedPart: pathOf };
}

function* otherTests(match: RouteMatchJson): Generator<RequestTest, undefined> {
  if (match.runtimeFraction !== undefined) yield runtimeTest(match.runtimeFraction);
  if (match.grpc !== undefined) yield grpcTest;
  for (const matcher of match.headers ?? []) yield headerTest(matcher);
  const query = (match.queryParameters ?? []).map(queryTest);
  if (query.length > 0) {
    yield ({ path }) => {
      const values = queryOf(path);
      let unknown: Verdict;
      for (const test of query) {
        const verdict = test(values);
        if (typeof verdict === "string") return verdict;
        unknown ??= verdict;
      }
      return unknown;
    };
  }
  for (const cookie of match.cookies ?? []) yield cookieTest(cookie);
  if (match.tlsContext !== undefined) yield tlsTest(match.tlsContext);
  if ((match.dynamicMetadata ?? []).length > 0) yield () => ({ unknown: "dynamicMetadata" });
  if ((match.filterState ?? []).length > 0) yield () => ({ unknown: "filterState" });
}

const DENOMINATORS = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 } as const;

function runtimeTest({
  defaultValue = {},
  runtimeKey = "",
}: NonNullable<RouteMatchJson["runtimeFraction"]>): RequestTest {
  const { numerator = 0, denominator = "HUNDRED" } = defaultValue;
  const whole = DENOMINATORS[denominator];
  return ({ passes }) =>
    passes(runtimeKey, numerator, whole) ? undefined : `the draw is outside ${numerator} of ${whole}`;
}

function grpcTest({ headers }: RequestView): Verdict {
  const type = headers.get("content-type") ?? "";
  return type === "application/grpc" || type.startsWith("application/grpc+") ? undefined : "content-type is not gRPC";
}

function cookieTest({ name = "", stringMatch, invertMatch = false }: CookieMatcherJson): RequestTest {
  const matcher = stringMatcher(stringMatch ?? {});
  if (isNotSimulated(matcher)) return () => matcher;
  return ({ headers }) => {
    const value = cookieValue(headers.get("cookie") ?? "", name);
    const holds = value !== undefined && matcher.test(value);
    if (holds !== invertMatch) return undefined;
    return value === undefined ? `cookie ${name} is absent` : `cookie ${name} is ${JSON.stringify(value)}`;
  };
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(/[;,]/)) {
    const equals = part.indexOf("=");
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
    const value = part.slice(equals + 1).trim();
    return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  }
  return undefined;
}

function tlsTest({ presented, validated }: NonNullable<RouteMatchJson["tlsContext"]>): RequestTest {
  return ({ clientCertificate }) => {
    if (presented !== undefined && presented !== (clientCertificate !== undefined)) {
      return `a client certificate is ${presented ? "not " : ""}presented`;
    }
    if (validated !== undefined && validated !== (clientCertificate === "validated")) {
      return `the client certificate is ${validated ? "not " : ""}validated`;
    }
    return undefined;
  };
}
