// What a route does to path and host, and where a redirect goes (config_impl.cc, http/utility.cc).
import type {
  RedirectActionJson,
  RouteActionJson,
  WeightedCluster_ClusterWeightJson,
} from "@netmason/envoy-api/envoy/config/route/v3";
import type { RegexMatchAndSubstituteJson } from "@netmason/envoy-api/envoy/type/matcher/v3";
import { translateRe2 } from "../re2.js";
import { byteText, textOfBytes } from "../utf8.js";
import { pathOf, portStart, type RequestView } from "./request-view.js";
import { isNotSimulated, type NotSimulated } from "./text-matchers.js";

/** The path as the endpoint gets it. */
export function rewritePath(
  action: RouteActionJson,
  path: string,
  matchedPart: (path: string) => string,
): string | NotSimulated {
  if (action.prefixRewrite !== undefined && action.prefixRewrite !== "") {
    return action.prefixRewrite + path.slice(matchedPart(path).length);
  }
  if (action.regexRewrite !== undefined) {
    const bare = pathOf(path);
    const rewritten = substitute(action.regexRewrite, bare);
    return isNotSimulated(rewritten) ? rewritten : rewritten + path.slice(bare.length);
  }
  if (action.pathRewritePolicy !== undefined) return { unknown: "pathRewritePolicy" };
  if (action.pathRewrite !== undefined && action.pathRewrite !== "") return { unknown: "pathRewrite" };
  return path;
}

/** The host as the endpoint gets it; `undefined` where it is the endpoint's own. */
export function rewriteHost(
  action: RouteActionJson,
  weighted: WeightedCluster_ClusterWeightJson | undefined,
  request: RequestView,
): string | undefined | NotSimulated {
  if ((action.hostRewrite ?? "") !== "") return { unknown: "hostRewrite" };
  if (action.autoHostRewrite === true) return undefined;
  const literal = action.hostRewriteLiteral;
  if (literal !== undefined && literal !== "") return literal;
  if (action.hostRewriteHeader !== undefined && action.hostRewriteHeader !== "") {
    const value = request.headers.get(action.hostRewriteHeader.toLowerCase());
    if (value !== undefined && value !== "") return value;
  }
  if (action.hostRewritePathRegex !== undefined) {
    const host = substitute(action.hostRewritePathRegex, pathOf(request.path));
    if (isNotSimulated(host) || host !== "") return host;
  }
  return weighted?.hostRewriteLiteral !== undefined && weighted.hostRewriteLiteral !== ""
    ? weighted.hostRewriteLiteral
    : request.authority;
}

/** RE2's GlobalReplace: `\1` is a group, `\0` the match, `\\` a backslash; with any other escape nothing is replaced. */
function substitute(
  { pattern = {}, substitution = "" }: RegexMatchAndSubstituteJson,
  text: string,
): string | NotSimulated {
  const translation = translateRe2(pattern.regex ?? "");
  if (translation.kind !== "regexp") return { unknown: `regex ${pattern.regex}` };
  const everywhere = new RegExp(translation.source, `${translation.flags}g`);
  const groupCount = (new RegExp(`${translation.source}|`, translation.flags).exec("")?.length ?? 1) - 1;
  for (const [sequence] of substitution.matchAll(/\\./gs)) {
    if (sequence !== "\\\\" && !(/\\\d/.test(sequence) && Number(sequence[1]) <= groupCount)) return text;
  }
  const replacement = byteText(substitution);
  const replaced = byteText(text).replace(everywhere, (...match: unknown[]) =>
    replacement.replace(/\\(\d|\\)/g, (_, name: string) => (name === "\\" ? "\\" : String(match[Number(name)] ?? ""))),
  );
  return textOfBytes(replaced);
}

const REDIRECT_STATUS = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
} as const;

/** Status and address of a redirect. */
export interface Redirect {
  readonly status: number;
  readonly location: string;
}

export function redirectOf(
  action: RedirectActionJson,
  request: RequestView,
  matchedPart: (path: string) => string,
): Redirect | NotSimulated {
  if (action.pathRewrite !== undefined && action.pathRewrite !== "") return { unknown: "pathRewrite" };
  const scheme = action.schemeRedirect || (action.httpsRedirect === true ? "https" : request.scheme);
  const port = action.portRedirect ? `:${action.portRedirect}` : "";
  const host = action.hostRedirect || hostFor(request, scheme, port);
  const path = redirectPath(action, request.path, matchedPart);
  if (isNotSimulated(path)) return path;
  const status = REDIRECT_STATUS[action.responseCode as keyof typeof REDIRECT_STATUS] ?? 301;
  return { status, location: `${scheme}://${host}${port}${path}` };
}

/** A port goes when another is given, and when it was the default of a scheme that changes. */
function hostFor({ authority, scheme }: RequestView, newScheme: string, newPort: string): string {
  const start = portStart(authority);
  if (start < 0) return authority;
  const port = authority.slice(start);
  const leaves = newScheme !== scheme && port === (scheme === "https" ? ":443" : ":80");
  return newPort !== "" || leaves ? authority.slice(0, start) : authority;
}

function redirectPath(
  action: RedirectActionJson,
  path: string,
  matchedPart: (path: string) => string,
): string | NotSimulated {
  const { pathRedirect = "", prefixRewrite = "", regexRewrite, stripQuery = false } = action;
  const query = path.indexOf("?");
  if (pathRedirect !== "") {
    if (pathRedirect.includes("?") || stripQuery || query < 0) return pathRedirect;
    return pathRedirect + path.slice(query);
  }
  const rewritten = rewritePath(
    { ...(prefixRewrite !== "" && { prefixRewrite }), ...(regexRewrite !== undefined && { regexRewrite }) },
    path,
    matchedPart,
  );
  if (isNotSimulated(rewritten) || !stripQuery) return rewritten;
  const end = rewritten.indexOf("?");
  return end < 0 ? rewritten : rewritten.slice(0, end);
}
