import type { AuditFinding, AuditReport } from "../audit.js";
import type { CallOptions } from "../store.js";
import { auditBlocks, auditPools } from "./audit-blocks.js";
import { auditAffinities, auditHandles, auditSpace } from "./audit-index.js";
import type { Engine } from "./engine.js";
import { readSnapshot, type StoreSnapshot } from "./store-snapshot.js";

/** So often a finding must be seen in a row: a writer between two reads makes records look at odds that never were. */
const LOOKS = 3;

/** Recounts everything; reports what several looks agree on. */
export async function runAudit(engine: Engine, options?: CallOptions): Promise<AuditReport> {
  let snapshot = await readSnapshot(engine, options);
  let findings = findingsIn(engine, snapshot);
  for (let look = 1; look < LOOKS && findings.length > 0; look += 1) {
    snapshot = await readSnapshot(engine, options);
    const again = new Set(findingsIn(engine, snapshot).map(textOf));
    findings = findings.filter((finding) => again.has(textOf(finding)));
  }
  return { checkedCount: snapshot.recordCount, findings };
}

/** What is wrong in one snapshot, by rule and path. */
export function findingsIn(engine: Engine, snapshot: StoreSnapshot): readonly AuditFinding[] {
  const findings: AuditFinding[] = [];
  const report = (rule: AuditFinding["rule"], path: string, message: string): void => {
    findings.push({ rule, path, message });
  };
  auditBlocks(engine, snapshot, report);
  auditPools(engine, snapshot, report);
  auditHandles(engine, snapshot, report);
  auditAffinities(engine, snapshot, report);
  auditSpace(engine, snapshot, report);
  return findings.sort((a, b) => Number(a.rule.slice(1)) - Number(b.rule.slice(1)) || (a.path < b.path ? -1 : 1));
}

function textOf({ rule, path, message }: AuditFinding): string {
  return `${rule} ${path} ${message}`;
}
