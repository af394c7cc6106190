import { refuse } from "./refusal.js";

const moment = { seconds: 0, nanos: 0 };

/** Seconds since the epoch, or of a duration; the object is reused by the next call. */
export type Moment = Readonly<typeof moment>;

const longestSeconds = 315_576_000_000;
const zero = 0x30;
const nine = 0x39;

/** `"-1.5s"`: both parts carry the sign. */
export function readDuration(value: unknown): Moment {
  if (typeof value !== "string") return refuse();
  const end = value.length - 1;
  const negative = value.charCodeAt(0) === 0x2d;
  if (value.charCodeAt(end) !== 0x73) refuse();
  let at = negative ? 1 : 0;
  const from = at;
  let seconds = 0;
  for (; at < end; at++) {
    const unit = value.charCodeAt(at);
    if (unit < zero || unit > nine) break;
    seconds = seconds * 10 + unit - zero;
  }
  if (at === from || seconds > longestSeconds) refuse();
  const nanos = at < end ? readFraction(value, at, end) : 0;
  if (seconds === longestSeconds && nanos > 0) refuse();
  moment.seconds = negative ? -seconds : seconds;
  moment.nanos = negative ? -nanos : nanos;
  return moment;
}

/** A point and one to nine digits, which end at `end`. */
function readFraction(text: string, at: number, end: number): number {
  const count = end - at - 1;
  if (text.charCodeAt(at) !== 0x2e || count < 1 || count > 9) refuse();
  let nanos = 0;
  for (let i = at + 1; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit < zero || unit > nine) refuse();
    nanos = nanos * 10 + unit - zero;
  }
  return nanos * 10 ** (9 - count);
}

export function formatDuration(seconds: number, nanos: number): string {
  const sign = seconds < 0 || nanos < 0 ? "-" : "";
  return `${sign}${Math.abs(seconds)}${formatFraction(Math.abs(nanos))}s`;
}

/** Nothing, or a point and 3, 6 or 9 digits. */
function formatFraction(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  if (digits.endsWith("000000")) return `.${digits.slice(0, 3)}`;
  return `.${digits.endsWith("000") ? digits.slice(0, 6) : digits}`;
}

const timestampText = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

/** RFC 3339 from year 1 to 9999. */
export function readTimestamp(value: unknown): Moment {
  const match = typeof value === "string" ? timestampText.exec(value) : null;
  if (match === null) return refuse();
  const [, dateTime = "", fraction = "", zone = ""] = match;
  const seconds = Date.parse(`${dateTime}${zone}`) / 1_000;
  if (!(seconds >= firstSecond && seconds <= lastSecond)) refuse();
  // Date.parse takes the 31st of June for the first of July.
  if (zone === "Z" && !new Date(seconds * 1_000).toISOString().startsWith(dateTime)) refuse();
  moment.seconds = seconds;
  moment.nanos = fraction === "" ? 0 : Number(fraction.padEnd(9, "0"));
  return moment;
}

/** `undefined` outside of what RFC 3339 can write. */
export function formatTimestamp(seconds: number, nanos: number): string | undefined {
  if (!(seconds >= firstSecond && seconds <= lastSecond) || nanos < 0 || nanos > 999_999_999) return undefined;
  const text = new Date(seconds * 1_000).toISOString();
  return `${text.slice(0, 19)}${formatFraction(nanos)}Z`;
}
