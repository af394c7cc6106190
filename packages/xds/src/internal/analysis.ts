import { isEnvoyApiError } from "@netmason/envoy-api";
import type { Codec } from "@netmason/envoy-api/codec";
import { envoyFacts } from "@netmason/envoy-api/facts";
import { encodeResource, type NamedResource, type Resource } from "../resource.js";
import { type ResourceRef, type TypeUrl, typeUrls } from "../type-urls.js";
import { assignmentRules, grpcAssignmentRules } from "./rules/assignment-rules.js";
import { clusterRules } from "./rules/cluster-rules.js";
import { dataReferences, dataRules } from "./rules/data-rules.js";
import { dnsCacheRules } from "./rules/dns-cache-rules.js";
import { listenerRules } from "./rules/listener-rules.js";
import { routeRules } from "./rules/route-rules.js";
import { type Facts, type Finding, type MessageRule, type Reference, Visit } from "./visit.js";
import { Walker } from "./visit-plans.js";

/** What is known of one resource by itself, whatever else is in the graph. */
export interface Analysis {
  readonly findings: readonly Finding[];
  readonly references: readonly Reference[];
  readonly facts: Facts;
  /** `undefined` where the document cannot be encoded. */
  readonly resource: Resource | undefined;
  /** Kept only where there are findings, to tell the place of others between them. */
  readonly json?: object;
}

export type Target = "envoy" | "grpc";

/** Those that collect what others need run first. */
function rulesFor(target: Target): readonly MessageRule[] {
  const facts = envoyFacts();
  const { rules, envoyRules, grpcRules } = facts;
  return [
    ...routeRules(),
    ...clusterRules(),
    ...assignmentRules(),
    ...listenerRules(),
    ...dataRules(rules),
    ...dataReferences(facts),
    ...dnsCacheRules(),
    ...(target === "envoy" ? dataRules(envoyRules) : [...grpcAssignmentRules(), ...dataRules(grpcRules)]),
  ];
}

/** Looks at resources, and remembers what it found by the identity of their JSON, which it freezes. */
export class Analyzer {
  readonly #codec: Codec;
  readonly #walker: Walker;
  readonly #known = new WeakMap<object, Analysis>();

  constructor(codec: Codec, target: Target) {
    this.#codec = codec;
    this.#walker = new Walker(codec.schema, rulesFor(target));
  }

  analyze(typeUrl: TypeUrl, name: string, json: object): Analysis {
    const known = this.#known.get(json);
    if (known !== undefined) return known;
    const { visit, encodable } = this.examine(typeUrl, json);
    const { findings, references, facts } = visit;
    const refs = neededRefs(references);
    const resource = encodable
      ? encodeResource({ typeUrl, name, refs, body: json } as NamedResource, { codec: this.#codec })
      : undefined;
    const kept = findings.length === 0 ? {} : { json };
    const analysis = { findings: inDocumentOrder(findings, json), references, facts, resource, ...kept };
    this.#known.set(json, analysis);
    return analysis;
  }

  /** Checks fields and rules of any message. */
  examine(typeUrl: TypeUrl, json: object): { readonly visit: Visit; readonly encodable: boolean } {
    const visit = new Visit(typeUrl === typeUrls.listener ? "error" : "warning");
    const broken: string[] = [];
    for (const { rule, severity, path, message, hint } of this.#codec.check(typeUrl, json)) {
      visit.findings.push({ rule, severity, path, message, ...(hint !== undefined && { hint }) });
      if (rule !== "field_rule" && rule !== "deprecated_field" && rule !== "oneof_missing") broken.push(path);
    }
    const typeName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    const canonical = isLoose(json) ? (this.#codec.normalize(typeUrl, json).value as object) : json;
    this.#walker.walk(typeName, canonical, visit, broken);
    if (canonical !== json) freezeDeeply(json);
    return { visit, encodable: broken.length === 0 };
  }

  /** A resource given by hand. Its `refs` stand for what is found in its body. */
  analyzeNamed(named: NamedResource | Resource): Analysis {
    const known = this.#known.get(named);
    if (known !== undefined) return known;
    const analysis = "body" in named ? this.#examineNamed(named) : this.#given(named);
    this.#known.set(named, analysis);
    return analysis;
  }

  /** Bytes are not judged, but what others need to know of them is read. */
  #given(named: Resource | (NamedResource & { readonly bytes: Uint8Array })): Analysis {
    const resource = "version" in named ? named : encodeResource(named, { codec: this.#codec });
    const rest = { references: (named.refs ?? []).map(referenceTo), resource };
    if (!READ.has(named.typeUrl)) return { findings: [], facts: NO_FACTS, ...rest };
    try {
      const json = this.#codec.decode(named.typeUrl, named.bytes) as object;
      return { findings: [], facts: this.examine(named.typeUrl, json).visit.facts, ...rest };
    } catch (error) {
      if (!isEnvoyApiError(error)) throw error;
      const message = `no ${named.typeUrl.slice(named.typeUrl.lastIndexOf(".") + 1)}: ${error.message}`;
      return { findings: [{ rule: "wrong_type", severity: "error", path: "", message }], facts: NO_FACTS, ...rest };
    }
  }

  #examineNamed(named: NamedResource & { readonly body: unknown }): Analysis {
    const { typeUrl, body } = named;
    const typeName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    if (this.#codec.schema.message(typeName) === undefined || typeof body !== "object" || body === null) {
      const hint = "give bytes, or a codec that knows it";
      const unknown: Finding = {
        rule: "unknown_type_url",
        severity: "error",
        path: "",
        message: `no type ${typeUrl}`,
        hint,
      };
      return { findings: [unknown], references: [], facts: NO_FACTS, resource: undefined };
    }
    const { visit, encodable } = this.examine(typeUrl, body);
    const references = named.refs === undefined ? visit.references : named.refs.map(referenceTo);
    const refs = named.refs ?? neededRefs(references);
    const resource = encodable ? encodeResource({ ...named, refs }, { codec: this.#codec }) : undefined;
    return { findings: inDocumentOrder(visit.findings, body), references, facts: visit.facts, resource };
  }
}

/** Types of which others need to know what is in them. */
const READ: ReadonlySet<TypeUrl> = new Set([typeUrls.cluster, typeUrls.listener, typeUrls.route]);
const NO_FACTS: Facts = { http2: undefined, upstreamFilters: new Set(), choosesClusters: false, overrides: [] };

function referenceTo({ typeUrl, name }: ResourceRef): Reference {
  return { typeUrl, name, path: "", missing: "none" };
}

function neededRefs(references: readonly Reference[]): readonly ResourceRef[] {
  return references.filter(({ missing }) => missing !== "none").map(({ typeUrl, name }) => ({ typeUrl, name }));
}

const analyzers: Record<Target, WeakMap<Codec, Analyzer>> = { envoy: new WeakMap(), grpc: new WeakMap() };

/** One analyzer a codec and target, so that several compilations share what they know. */
export function analyzerOf(codec: Codec, target: Target): Analyzer {
  const known = analyzers[target].get(codec);
  if (known !== undefined) return known;
  const made = new Analyzer(codec, target);
  analyzers[target].set(codec, made);
  return made;
}

/** Whether rules could misread it: a null, or a name with an underscore, which may be a field's name in the .proto file. */
function isLoose(value: object): boolean {
  for (const key in value) {
    const inner = (value as Readonly<Record<string, unknown>>)[key];
    if (inner === null || (key.includes("_") && !Array.isArray(value))) return true;
    if (typeof inner === "object" && isLoose(inner)) return true;
  }
  return false;
}

function freezeDeeply(value: object): void {
  for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) freezeDeeply(inner);
  Object.freeze(value);
}

/** Sorts by place in the document; what is missing stands where its parent begins. */
export function inDocumentOrder<T extends { readonly path: string }>(
  findings: readonly T[],
  json: unknown,
): readonly T[] {
  if (findings.length < 2) return findings;
  const places = findings.map((finding) => ({ finding, place: placeOf(finding.path, json) }));
  return places.sort((a, b) => comparePlaces(a.place, b.place)).map(({ finding }) => finding);
}

function placeOf(path: string, json: unknown): readonly number[] {
  const place: number[] = [];
  let value = json;
  for (const part of path.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) break;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    place.push(Object.keys(value).indexOf(key));
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return place;
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
