// One change in one place of a graph, chosen by a number: a field taken out, emptied, made too large, misspelled or given
// a wrong value.
import { defaultCodec, type FieldShape } from "@netmason/envoy-api/codec";
import type { Graph } from "@netmason/xds";

type Json = Record<string, unknown>;

/** A field that is set somewhere in a graph. */
interface Site {
  readonly holder: Json;
  readonly field: FieldShape;
  readonly message: string;
}

/** A graph with one change, and what was changed: `empty envoy.config.cluster.v3.Cluster.name`. */
export interface Mutant {
  readonly graph: Graph;
  readonly signature: string;
}

/** A name, whether it can be done to a field, and doing it. */
interface Mutation {
  readonly name: string;
  /** A fault that no schema lets pass: one mutant in four has one. */
  readonly ofType?: true;
  readonly fits: (field: FieldShape, value: unknown) => boolean;
  readonly apply: (holder: Json, field: FieldShape) => void;
}

const isScalar =
  (...types: readonly string[]) =>
  (field: FieldShape): boolean =>
    field.kind === "scalar" && types.includes(field.type);
const isNumber = isScalar("uint32", "int32", "uint64", "int64", "double", "float");
const isDuration = ({ kind, type }: FieldShape): boolean => kind === "message" && type === "google.protobuf.Duration";
const isWrapped = (field: FieldShape, value: unknown): boolean =>
  isNumber(field) ||
  (field.kind === "message" && /^google\.protobuf\.U?Int/.test(field.type) && typeof value !== "object");
const setting =
  (value: unknown) =>
  (holder: Json, { jsonName }: FieldShape): void => {
    holder[jsonName] = value;
  };

const MUTATIONS: readonly Mutation[] = [
  { name: "remove", fits: () => true, apply: (holder, { jsonName }) => delete holder[jsonName] },
  {
    name: "misspell",
    ofType: true,
    fits: () => true,
    apply: (holder, { jsonName }) => {
      holder[`${jsonName}x`] = holder[jsonName];
      delete holder[jsonName];
    },
  },
  { name: "empty", fits: isScalar("string"), apply: setting("") },
  { name: "number", ofType: true, fits: isScalar("string", "bool"), apply: setting(12) },
  {
    name: "word",
    ofType: true,
    fits: (field, value) => isWrapped(field, value) || field.kind === "enum",
    apply: setting("nonsense"),
  },
  { name: "zero", fits: isWrapped, apply: setting(0) },
  { name: "huge", fits: isWrapped, apply: setting(4_294_967_295) },
  { name: "negative", fits: isWrapped, apply: setting(-1) },
  { name: "no time", fits: isDuration, apply: setting("0s") },
  { name: "negative time", fits: isDuration, apply: setting("-1s") },
  { name: "no duration", ofType: true, fits: isDuration, apply: setting("1m") },
  { name: "no items", fits: ({ kind }) => kind === "list", apply: setting([]) },
  {
    name: "first twice",
    fits: ({ kind }, value) => kind === "list" && Array.isArray(value) && value.length > 0,
    apply: (holder, { jsonName }) => {
      const list = holder[jsonName] as unknown[];
      holder[jsonName] = [...list, structuredClone(list[0])];
    },
  },
  {
    name: "reversed",
    fits: ({ kind }, value) => kind === "list" && Array.isArray(value) && value.length > 1,
    apply: (holder, { jsonName }) => {
      holder[jsonName] = (holder[jsonName] as unknown[]).toReversed();
    },
  },
  {
    name: "text for a message",
    ofType: true,
    fits: ({ kind, type }) => kind === "message" && !type.startsWith("google.protobuf."),
    apply: setting("text"),
  },
];

/** The graph with the change that a number chooses. */
export function mutate(graph: Graph, choice: number): Mutant {
  const copy = structuredClone(graph) as Graph;
  const sites = sitesOf(copy);
  const some = MUTATIONS.filter(({ ofType = false }) => ofType === (choice % 4 === 0));
  const choices = sites.flatMap((site) =>
    some
      .filter(({ fits }) => fits(site.field, site.holder[site.field.jsonName]))
      .map((mutation) => ({
        site,
        mutation,
      })),
  );
  const chosen = choices[choice % choices.length];
  if (chosen === undefined) throw new RangeError("a graph without fields");
  const { site, mutation } = chosen;
  mutation.apply(site.holder, site.field);
  return { graph: copy, signature: `${mutation.name} ${site.message}.${site.field.jsonName}` };
}

function sitesOf(graph: Graph): readonly Site[] {
  const sites: Site[] = [];
  for (const listener of graph.listeners ?? []) collect("envoy.config.listener.v3.Listener", listener as Json, sites);
  for (const secret of graph.secrets ?? [])
    collect("envoy.extensions.transport_sockets.tls.v3.Secret", secret as Json, sites);
  for (const cluster of graph.clusters ?? []) collect("envoy.config.cluster.v3.Cluster", cluster as Json, sites);
  return sites;
}

function collect(typeName: string, value: Json, sites: Site[]): void {
  if (typeName === "google.protobuf.Any") {
    collect(String(value["@type"]).replace(/^.*\//, ""), value, sites);
    return;
  }
  const shape = defaultCodec().schema.message(typeName);
  if (typeName.startsWith("google.protobuf.")) return;
  for (const field of shape?.fields ?? []) {
    const inner = value[field.jsonName];
    if (inner === undefined) continue;
    sites.push({ holder: value, field, message: typeName });
    if (field.element !== "message" || typeof inner !== "object" || inner === null) continue;
    const parts = field.kind === "message" ? [inner] : Object.values(inner);
    for (const part of parts) if (typeof part === "object" && part !== null) collect(field.type, part as Json, sites);
  }
}
