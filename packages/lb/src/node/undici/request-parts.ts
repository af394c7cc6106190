import type { Dispatcher } from "undici";
import type { Outcome } from "../../outcome.js";

type Options = Dispatcher.DispatchOptions;

const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
const CALLERS_FAULT: ReadonlySet<unknown> = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_DESTROYED",
  "UND_ERR_CLOSED",
]);

/** Whether a request may be sent twice without harm. */
export function isIdempotent({ method, idempotent }: Options): boolean {
  return idempotent ?? IDEMPOTENT.has(method);
}

/** Whether the same body can be sent again: none, text or bytes; a stream is used up. */
export function isReplayable({ body }: Options): boolean {
  return body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array;
}

/** The URL's scheme with the endpoint's address. */
export function originAt(address: string, origin: string | URL | undefined): string {
  return `${new URL(origin ?? "http://localhost").protocol}//${address}`;
}

/** The headers with `host` of the URL, unless the caller set one. */
export function headersWithHost({ headers, origin }: Options): Options["headers"] {
  if (origin === undefined) return headers ?? null;
  const { host } = new URL(origin);
  if (headers === undefined || headers === null) return { host };
  const pairs = isIterable(headers) ? pairsOf(headers) : Object.entries(headers);
  if (pairs.some(([name]) => name.toLowerCase() === "host")) return headers;
  if (!isIterable(headers)) return { ...headers, host };
  return [...pairs.flatMap(([name, value]) => (value === undefined ? [] : ([name, value] as string[]))), "host", host];
}

type Value = string | string[] | undefined;

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** Of a flat list, of a list of pairs, or of anything that iterates over pairs. */
function pairsOf(headers: Iterable<unknown>): [string, Value][] {
  const list = [...headers];
  if (list.every((each) => Array.isArray(each))) return list as [string, Value][];
  const pairs: [string, Value][] = [];
  for (let i = 0; i + 1 < list.length; i += 2) pairs.push([String(list[i]), list[i + 1] as Value]);
  return pairs;
}

/** What an error of undici says of the endpoint. */
export function outcomeOf(error: unknown): Outcome {
  const { code, syscall, errors } = error as { code?: unknown; syscall?: unknown; errors?: unknown };
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") return "timeout";
  if (CALLERS_FAULT.has(code)) return "cancelled";
  const isConnecting = code === "UND_ERR_CONNECT_TIMEOUT" || syscall === "connect" || syscall === "getaddrinfo";
  // A host with several addresses fails with an error for each.
  if (isConnecting || (Array.isArray(errors) && errors.some((each) => outcomeOf(each) === "connect_failure"))) {
    return "connect_failure";
  }
  return "reset";
}

/** `Retry-After` in seconds; a date is left to the caller. */
export function retryAfterMs(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const value = headers["retry-after"];
  return typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : undefined;
}
