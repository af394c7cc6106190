import { setTimeout as sleep } from "node:timers/promises";

/** What became of one request. */
export interface Sample {
  readonly latencyMs: number;
  /** The server that answered; undefined where it failed. */
  readonly server: string | undefined;
}

/** Sends at a steady rate, whatever becomes of the requests before, and waits for all of them. */
export async function sendSteadily(
  fetch: (url: string) => Promise<{ readonly ok: boolean; text(): Promise<string> }>,
  { perSecond, durationMs }: { readonly perSecond: number; readonly durationMs: number },
): Promise<readonly Sample[]> {
  const sent: Promise<Sample>[] = [];
  const startMs = performance.now();
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = performance.now() - startMs) {
    while (sent.length < (elapsedMs * perSecond) / 1_000) sent.push(send(fetch));
    await sleep(1);
  }
  return Promise.all(sent);
}

async function send(fetch: Parameters<typeof sendSteadily>[0]): Promise<Sample> {
  const startMs = performance.now();
  const response = await fetch("http://orders.internal/");
  const text = await response.text();
  return { latencyMs: performance.now() - startMs, server: response.ok ? text : undefined };
}

/** The latency that so many of the samples are below. */
export function percentile(samples: readonly Sample[], ratio: number): number {
  const sorted = samples.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))] ?? 0;
}
