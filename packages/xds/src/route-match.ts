import type {
  HeaderMatcherJson,
  QueryParameterMatcherJson,
  RouteMatchJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import type { StringMatcherJson } from "@netmason/envoy-api/envoy/type/matcher/v3";
import { pruned } from "./internal/pruned.js";
import type { OneOf } from "./one-of.js";

/** A test of a text: equal to it, or one of the others. Regular expressions are RE2's and match the whole text. */
export type TextTest =
  | string
  | OneOf<{ readonly prefix: string; readonly suffix: string; readonly contains: string; readonly regex: string }>;

/** A test of a header: of its text, whether it is there, or that a test fails; `not` takes an absent header for an empty one. */
export type HeaderTest = TextTest | { readonly present: boolean } | { readonly not: TextTest };

/** Exactly one test of the path. */
export type PathTest = OneOf<{
  /** The path begins with it; `/` is every path. */
  readonly prefix: string;
  /** The whole path, without query. */
  readonly path: string;
  /** The path is it or goes on with a slash: `/cart` is not `/carts`. Must not end in a slash. */
  readonly pathPrefix: string;
  /** RE2, over the whole path without query. */
  readonly regex: string;
}>;

/** Which requests a route is for; every test must pass. */
export type MatchInput = PathTest & {
  readonly method?: string;
  /** By name. */
  readonly headers?: Readonly<Record<string, HeaderTest>>;
  /** Query parameters by name. */
  readonly query?: Readonly<Record<string, TextTest | { readonly present: boolean }>>;
  readonly overrides?: { readonly match?: RouteMatchJson };
};

export function routeMatchOf(input: MatchInput): RouteMatchJson {
  const headers = Object.entries(input.headers ?? {}).map(([name, test]) => headerMatcherOf(name, test));
  if (input.method !== undefined) headers.unshift(headerMatcherOf(":method", input.method));
  const query = Object.entries(input.query ?? {}).map(([name, test]) => queryMatcherOf(name, test));
  return pruned<RouteMatchJson>({
    prefix: input.prefix,
    path: input.path,
    pathSeparatedPrefix: input.pathPrefix,
    safeRegex: input.regex === undefined ? undefined : { regex: input.regex },
    headers: headers.length === 0 ? undefined : headers,
    queryParameters: query.length === 0 ? undefined : query,
    ...input.overrides?.match,
  });
}

function headerMatcherOf(name: string, test: HeaderTest): HeaderMatcherJson {
  if (typeof test === "object" && "present" in test) return { name, presentMatch: test.present };
  if (typeof test === "object" && "not" in test) {
    return { name, stringMatch: stringMatcherOf(test.not), invertMatch: true, treatMissingHeaderAsEmpty: true };
  }
  return { name, stringMatch: stringMatcherOf(test) };
}

function queryMatcherOf(name: string, test: TextTest | { readonly present: boolean }): QueryParameterMatcherJson {
  if (typeof test === "object" && "present" in test) return { name, presentMatch: test.present };
  return { name, stringMatch: stringMatcherOf(test) };
}

function stringMatcherOf(test: TextTest): StringMatcherJson {
  if (typeof test === "string") return { exact: test };
  if (test.regex !== undefined) return { safeRegex: { regex: test.regex } };
  return pruned<StringMatcherJson>({ prefix: test.prefix, suffix: test.suffix, contains: test.contains });
}
