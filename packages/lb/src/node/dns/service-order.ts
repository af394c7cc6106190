/** One SRV record. */
export interface ServiceRecord {
  /** The name of the host; "" for a service that is decidedly not available. */
  readonly name: string;
  readonly port: number;
  /** Lower is tried first. */
  readonly priority: number;
  /** Share among records of the same priority. */
  readonly weight: number;
}

/** A record with the level and share that a balancer gives it. */
export interface WeighedService {
  readonly record: ServiceRecord;
  /** 0 for the records that are tried first. */
  readonly priority: number;
  /** Greater than 0. */
  readonly weight: number;
}

/**
 * Priorities from 0 upwards, and weights by which a balancer sends each record the share that RFC 2782's selection gives
 * it: records of weight 0 share one part among parts of others (they "have a very small chance of being selected"), and
 * are equal where there are only such.
 */
export function weighServices(records: readonly ServiceRecord[]): readonly WeighedService[] {
  const levels = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return records.map((record) => {
    const peers = records.filter(({ priority }) => priority === record.priority);
    const idle = peers.filter(({ weight }) => weight === 0).length;
    const weight = record.weight > 0 ? record.weight : idle === peers.length ? 1 : 1 / idle;
    return { record, priority: levels.indexOf(record.priority), weight };
  });
}

/**
 * SRV records in the order in which a client shall try them: by priority, and within one by weighted chance, drawn anew
 * for each place (RFC 2782, "Usage rules").
 *
 * @param random - the shape of `Math.random`
 * @category Adapters
 * @example
 * ```ts
 * import { orderServices } from "@netmason/lb/dns";
 *
 * const records = [
 *   { name: "b.example", port: 80, priority: 2, weight: 0 },
 *   { name: "a.example", port: 80, priority: 1, weight: 5 },
 * ];
 * orderServices(records, () => 0.5).map(({ name }) => name); // => ["a.example", "b.example"]
 * ```
 */
export function orderServices(records: readonly ServiceRecord[], random: () => number): readonly ServiceRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    orderLevel(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function orderLevel(level: readonly ServiceRecord[], random: () => number): readonly ServiceRecord[] {
  // Records of weight 0 come first, so that only a draw of 0 finds one of them.
  const left = [...level].sort((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
  const ordered: ServiceRecord[] = [];
  while (left.length > 0) {
    const sum = left.reduce((all, { weight }) => all + weight, 0);
    const drawn = Math.floor(random() * (sum + 1));
    let running = 0;
    const found = left.findIndex(({ weight }) => {
      running += weight;
      return running >= drawn;
    });
    ordered.push(...left.splice(found, 1));
  }
  return ordered;
}
