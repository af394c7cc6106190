import type { FieldIssue, FieldShape } from "@netmason/envoy-api/codec";
import { hostOf } from "./bootstrap-hosts.js";
import {
  candidatesOf,
  codec,
  errorsOf,
  issuesOf,
  type JsonFields,
  leastDocument,
  shapeOf,
  urlOf,
} from "./valid-documents.js";

/** A bootstrap that breaks one rule. */
export interface Probe {
  /** `envoy.config.cluster.v3.Cluster.connect_timeout duration.gt` */
  readonly name: string;
  readonly constraint: string;
  /** What Envoy calls the field in its errors, as in `ClusterValidationError.ConnectTimeout`. */
  readonly envoyName: string;
  /** What `check` found; nothing else is wrong. */
  readonly issue: FieldIssue;
  readonly bootstrap: JsonFields;
}

interface Way {
  readonly root: string;
  readonly steps: readonly { readonly typeName: string; readonly field: FieldShape }[];
}

/** One probe for each rule of each field that can be reached and broken alone. */
export function listProbes(): { readonly probes: readonly Probe[]; readonly unreached: readonly string[] } {
  const ways = shortestWays();
  const probes: Probe[] = [];
  const unreached: string[] = [];
  for (const typeName of codec.schema.messageNames()) {
    if (typeName.startsWith("google.protobuf.")) continue;
    const shape = shapeOf(typeName);
    for (const field of shape.fields) {
      for (const constraint of Object.keys(field.rules)) {
        if (/(strict|ignore_empty|skip)$/.test(constraint)) continue;
        const made = probeOf(ways.get(typeName), typeName, field, constraint);
        if (made === undefined) unreached.push(`${typeName}.${field.name} ${constraint}`);
        else probes.push(made);
      }
    }
    for (const oneof of shape.requiredOneofs) {
      const made = oneofProbe(ways.get(typeName), typeName, oneof);
      if (made === undefined) unreached.push(`${typeName}.${oneof} oneof.required`);
      else probes.push(made);
    }
  }
  return { probes, unreached };
}

/** From the configurations that a bootstrap can hold to every message in them, by the fewest fields. */
function shortestWays(): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  const queue: string[] = [];
  for (const root of listRoots()) {
    ways.set(root, { root, steps: [] });
    queue.push(root);
  }
  // The bootstrap first: what stands in it needs no extension to be read.
  queue.sort((a, b) => Number(b.endsWith(".Bootstrap")) - Number(a.endsWith(".Bootstrap")));
  for (let typeName = queue.shift(); typeName !== undefined; typeName = queue.shift()) {
    const way = ways.get(typeName);
    if (way === undefined) continue;
    for (const field of shapeOf(typeName).fields) {
      if (field.element !== "message" || field.type.startsWith("google.protobuf.") || ways.has(field.type)) continue;
      if (field.disallowed || field.rules["message.skip"] === true) continue;
      ways.set(field.type, { root: way.root, steps: [...way.steps, { typeName, field }] });
      queue.push(field.type);
    }
  }
  return ways;
}

/** Configurations of their own, although another message holds one as well. */
const heldRoots =
  /(\.Bootstrap|\.HttpConnectionManager|\.(Up|Down)streamTlsContext|load_balancing_policies\.\w+\.v3\.\w+|\.TcpProxy)$/;

/** Types that a bootstrap can hold and that are no part of another. */
function listRoots(): readonly string[] {
  const names = codec.schema.messageNames();
  const held = new Set(names.flatMap((name) => shapeOf(name).fields.map(({ type }) => type)));
  const isTopLevel = (name: string): boolean => name.split(".").filter((part) => /^[A-Z]/.test(part)).length === 1;
  return names.filter(
    (name) =>
      hostOf(name) !== undefined &&
      isTopLevel(name) &&
      !name.endsWith(".EnvoyMobileHttpConnectionManager") &&
      (!held.has(name) || heldRoots.test(name)),
  );
}

function probeOf(way: Way | undefined, typeName: string, field: FieldShape, constraint: string): Probe | undefined {
  const broken = brokenValue(typeName, field, constraint);
  const json = leastDocument(typeName);
  if (way === undefined || broken === undefined || json === undefined) return undefined;
  const document = withField(typeName, json, field, broken.value);
  return assemble(way, document, { typeName, member: field.name, constraint });
}

function oneofProbe(way: Way | undefined, typeName: string, oneof: string): Probe | undefined {
  const json = leastDocument(typeName);
  if (way === undefined || json === undefined) return undefined;
  const members = shapeOf(typeName).fields.filter((field) => field.oneof === oneof);
  const document = Object.fromEntries(
    Object.entries(json).filter(([key]) => !members.some(({ jsonName }) => jsonName === key)),
  );
  return assemble(way, document, { typeName, member: oneof, constraint: "oneof.required" });
}

/** A value, or its absence, that breaks this rule of the field and no other. */
function brokenValue(typeName: string, field: FieldShape, constraint: string): { readonly value: unknown } | undefined {
  const values = [...candidatesOf(field, 0), undefined];
  const value = values.find((each) => {
    const issues = issuesOf(typeName, field, each);
    return issues.length === 1 && issues[0]?.constraint === constraint;
  });
  return value === undefined && issuesOf(typeName, field, undefined)[0]?.constraint !== constraint
    ? undefined
    : { value };
}

/** Puts a value into a document; of a oneof it takes the place of another member. */
function withField(typeName: string, json: JsonFields, field: FieldShape, value: unknown): JsonFields {
  const rivals = shapeOf(typeName).fields.filter(({ oneof }) => oneof !== undefined && oneof === field.oneof);
  const kept = Object.entries(json).filter(([key]) => !rivals.some(({ jsonName }) => jsonName === key));
  const { [field.jsonName]: _, ...rest } = Object.fromEntries(kept) as JsonFields;
  return value === undefined ? rest : { ...rest, [field.jsonName]: value };
}

interface Target {
  readonly typeName: string;
  readonly member: string;
  readonly constraint: string;
}

function assemble(way: Way, innermost: JsonFields, target: Target): Probe | undefined {
  let document = innermost;
  for (const { typeName, field } of [...way.steps].reverse()) {
    const around = leastDocument(typeName);
    if (around === undefined) return undefined;
    const value = field.kind === "list" ? [document] : field.kind === "map" ? { x: document } : document;
    document = withField(typeName, around, field, value);
  }
  const [issue, ...more] = errorsOf(way.root, document);
  const wanted =
    target.constraint === "oneof.required" ? issue?.rule === "oneof_missing" : issue?.constraint === target.constraint;
  if (issue === undefined || more.length > 0 || !wanted) return undefined;
  const bootstrap = hostOf(way.root)?.wrap({ "@type": urlOf(way.root), ...document });
  if (bootstrap === undefined) return undefined;
  const found = errorsOf("envoy.config.bootstrap.v3.Bootstrap", JSON.parse(JSON.stringify(bootstrap)));
  const [outer, ...others] = found;
  if (outer === undefined || others.length > 0) return undefined;
  return {
    name: `${target.typeName}.${target.member} ${target.constraint}`,
    constraint: target.constraint,
    envoyName: `${localName(target.typeName)}ValidationError.${pascal(target.member)}`,
    issue: outer,
    bootstrap,
  };
}

function localName(typeName: string): string {
  return typeName.split(".").at(-1) ?? typeName;
}

function pascal(name: string): string {
  return name
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
