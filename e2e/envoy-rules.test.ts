import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "./components.js";
import { modifierProbes, unreachable } from "./envoy-api/modifier-probes.js";
import { listProbes, type Probe } from "./envoy-api/rule-probes.js";
import { codec, errorsOf, shapeOf } from "./envoy-api/valid-documents.js";

type Verdict = "refused" | "accepted" | "undecided";

interface Validation {
  readonly accepted: boolean;
  readonly text: string;
}

/** Every kind of rule that a field or a oneof of the API has. */
function kindsOfRules(): readonly string[] {
  const messages = codec.schema.messageNames().map(shapeOf);
  const ofFields = messages.flatMap(({ fields }) => fields.flatMap(({ rules }) => Object.keys(rules)));
  return [...new Set([...ofFields, "oneof.required"])];
}

/** All probes with SOAK=1; else the unenforced ones and some of each kind of rule. */
function chooseProbes(probes: readonly Probe[]): readonly Probe[] {
  if (process.env.SOAK === "1") return probes;
  const seen = new Map<string, number>();
  return probes.filter(({ constraint, issue }) => {
    const count = seen.get(constraint) ?? 0;
    seen.set(constraint, count + 1);
    return count < 5 || !issue.enforced;
  });
}

describeWith("envoy", "field rules and a real Envoy", (envoy) => {
  const folder = mkdtempSync(join(tmpdir(), "envoy-rules-"));
  const verdicts = new Map<Probe, Verdict>();
  const all = listProbes().probes;
  const chosen = chooseProbes(all);

  function validate(bootstrap: object, file: string): Promise<Validation> {
    writeFileSync(file, JSON.stringify(bootstrap));
    const args = ["--mode", "validate", "-c", file, "-l", "critical", "--disable-hot-restart"];
    return new Promise((resolve, reject) => {
      execFile(envoy, args, { timeout: 30_000 }, (error, stdout, stderr) => {
        if (error?.killed === true) reject(error);
        else resolve({ accepted: error === null, text: stdout + stderr });
      });
    });
  }

  /** Envoy has other reasons to refuse a bootstrap, such as an extension it does not have: those decide nothing. */
  function verdictOf({ envoyName, constraint, issue }: Probe, { accepted, text }: Validation): Verdict {
    if (accepted) return "accepted";
    const oneof = `field: "${issue.rule === "oneof_missing" ? memberOf(envoyName) : ""}"`;
    if (/Proto constraint validation failed/.test(text) && (text.includes(envoyName) || text.includes(oneof))) {
      return "refused";
    }
    return constraint.startsWith("duration.") && /Invalid duration/.test(text) ? "refused" : "undecided";
  }

  beforeAll(async () => {
    const queue = [...chosen.entries()];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [index, probe] = next;
        verdicts.set(probe, verdictOf(probe, await validate(probe.bootstrap, join(folder, `${index}.json`))));
      }
    };
    await Promise.all([work(), work()]);
  }, 1_800_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("breaks rules of every kind, but for those of messages that no bootstrap can hold", () => {
    const probed = new Set([...chosen, ...verdicts.keys()].map(({ constraint }) => constraint));
    for (const { modifier } of modifierProbes) probed.add(modifier);
    const missing = kindsOfRules().filter((kind) => !probed.has(kind));
    expect(missing.sort()).toEqual(Object.keys(unreachable).sort());
    expect(all.length).toBeGreaterThan(1_200);
  });

  it.each(modifierProbes)("lets pass what $modifier lets pass, as Envoy does", async ({ passing, failing }) => {
    const refusedBy = /Proto constraint validation failed/;
    for (const [bootstrap, wanted] of [
      [passing, false],
      [failing, true],
    ] as const) {
      const { text } = await validate(bootstrap, join(folder, "modifier.json"));
      const found = errorsOf("envoy.config.bootstrap.v3.Bootstrap", JSON.parse(JSON.stringify(bootstrap)));
      expect([refusedBy.test(text), found.some(({ enforced }) => enforced)], text.slice(0, 500)).toEqual([
        wanted,
        wanted,
      ]);
    }
  });

  it("refuses what Envoy refuses, and calls enforced what Envoy enforces", () => {
    const decided = [...verdicts].filter(([, verdict]) => verdict !== "undecided");
    const wrong = decided.filter(([{ issue }, verdict]) => issue.enforced !== (verdict === "refused"));
    expect(wrong.map(([{ name }, verdict]) => `${name}: ${verdict}`)).toEqual([]);
    expect(decided.length).toBeGreaterThan(chosen.length * 0.75);
    expect(decided.filter(([, verdict]) => verdict === "accepted").length).toBeGreaterThanOrEqual(7);
  });
});

/** `RouteValidationError.ActionSpecifier` → `action_specifier`. */
function memberOf(envoyName: string): string {
  const member = envoyName.slice(envoyName.indexOf(".") + 1);
  return member.replaceAll(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
