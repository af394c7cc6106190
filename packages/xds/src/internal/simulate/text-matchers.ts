// Matchers of texts, headers and query parameters (source/common/http/header_utility.cc, common/matchers.cc).
import type { HeaderMatcherJson, QueryParameterMatcherJson } from "@netmason/envoy-api/envoy/config/route/v3";
import type { RegexMatcherJson, StringMatcherJson } from "@netmason/envoy-api/envoy/type/matcher/v3";
import { translateRe2 } from "../re2.js";
import { byteText } from "../utf8.js";
import type { RequestView } from "./request-view.js";

/** A test, or why it cannot be run here. */
export type TextMatcher = { readonly test: (text: string) => boolean; readonly says: string } | NotSimulated;

export interface NotSimulated {
  readonly unknown: string;
}

/** Why a candidate does not match; `undefined` where it does; `unknown` where this cannot tell. */
export type Verdict = string | undefined | NotSimulated;

export function isNotSimulated<T>(value: T | NotSimulated): value is NotSimulated {
  return typeof value === "object" && value !== null && "unknown" in value;
}

/** A whole-text match, as RE2's FullMatch. */
export function regexMatcher({ regex = "" }: RegexMatcherJson): TextMatcher {
  const translation = translateRe2(regex);
  if (translation.kind === "untranslated") return { unknown: `regex ${regex}: ${translation.why}` };
  if (translation.kind === "fault") return { unknown: `regex ${regex}: ${translation.message}` };
  const whole = new RegExp(`^(?:${translation.source})$`, translation.flags);
  return { test: (text) => whole.test(byteText(text)), says: `regex ${regex}` };
}

export function stringMatcher(matcher: StringMatcherJson): TextMatcher {
  if (matcher.custom !== undefined) return { unknown: "custom string matcher" };
  if (matcher.safeRegex !== undefined) return regexMatcher(matcher.safeRegex);
  const fold = matcher.ignoreCase === true ? asciiLower : (text: string) => text;
  const simple: readonly [string | undefined, string, (text: string, part: string) => boolean][] = [
    [matcher.exact, "exactly", (text, part) => text === part],
    [matcher.prefix, "prefix", (text, part) => text.startsWith(part)],
    [matcher.suffix, "suffix", (text, part) => text.endsWith(part)],
    [matcher.contains, "containing", (text, part) => text.includes(part)],
  ];
  for (const [part, word, holds] of simple) {
    if (part === undefined) continue;
    const folded = fold(part);
    return { test: (text) => holds(fold(text), folded), says: `${word} ${JSON.stringify(part)}` };
  }
  return { unknown: "empty string matcher" };
}

export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
}

export type RequestTest = (request: RequestView) => Verdict;

/** Without any matcher a header need only be there. A missing header fails every other test, inverted ones too. */
export function headerTest(matcher: HeaderMatcherJson): (request: Pick<RequestView, "headers">) => Verdict {
  const name = (matcher.name ?? "").toLowerCase();
  const key = name === "host" ? ":authority" : name;
  const invert = matcher.invertMatch === true;
  const missingIsEmpty = matcher.treatMissingHeaderAsEmpty === true;
  const text = valueMatcher(matcher);
  if (text === undefined) {
    const wanted = matcher.presentMatch ?? true;
    return ({ headers }) => {
      const holds = (headers.has(key) || missingIsEmpty) === wanted;
      return holds !== invert ? undefined : `header ${name} is ${headers.has(key) ? "there" : "absent"}`;
    };
  }
  if (isNotSimulated(text)) return () => text;
  return ({ headers }) => {
    const value = headers.get(key) ?? (missingIsEmpty ? "" : undefined);
    if (value === undefined) return `header ${name} is absent`;
    if (text.test(value) !== invert) return undefined;
    return `header ${name} is ${JSON.stringify(value)}, ${invert ? "which is" : "not"} ${text.says}`;
  };
}

function valueMatcher(matcher: HeaderMatcherJson): TextMatcher | undefined {
  if (matcher.stringMatch !== undefined) return stringMatcher(matcher.stringMatch);
  if (matcher.exactMatch !== undefined) return stringMatcher({ exact: matcher.exactMatch });
  if (matcher.prefixMatch !== undefined) return stringMatcher({ prefix: matcher.prefixMatch });
  if (matcher.suffixMatch !== undefined) return stringMatcher({ suffix: matcher.suffixMatch });
  if (matcher.containsMatch !== undefined) return stringMatcher({ contains: matcher.containsMatch });
  if (matcher.safeRegexMatch !== undefined) return regexMatcher(matcher.safeRegexMatch);
  if (matcher.rangeMatch === undefined) return undefined;
  const { start = "0", end = "0" } = matcher.rangeMatch;
  const [from, to] = [BigInt(start), BigInt(end)];
  return {
    test: (text) => /^\s*[-+]?\d+\s*$/.test(text) && BigInt(text.trim()) >= from && BigInt(text.trim()) < to,
    says: `in ${start} to ${end}`,
  };
}

export function queryTest({
  name = "",
  stringMatch,
  presentMatch,
}: QueryParameterMatcherJson): (query: ReadonlyMap<string, string>) => Verdict {
  if (stringMatch === undefined) {
    const wanted = presentMatch ?? true;
    return (query) =>
      query.has(name) === wanted ? undefined : `query parameter ${name} is ${wanted ? "absent" : "there"}`;
  }
  const matcher = stringMatcher(stringMatch);
  if (isNotSimulated(matcher)) return () => matcher;
  return (query) => {
    const value = query.get(name);
    if (value === undefined) return `query parameter ${name} is absent`;
    return matcher.test(value) ? undefined : `query parameter ${name} is ${JSON.stringify(value)}, not ${matcher.says}`;
  };
}
