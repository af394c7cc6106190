import type { Schema } from "@netmason/envoy-api/codec";
import { camelCase } from "./camel-case.js";
import { addTo } from "./lists-by-key.js";
import type { MessageRule, Visit } from "./visit.js";

const ANY = "google.protobuf.Any";
const DURATION = "google.protobuf.Duration";

/** How messages of one type are walked: their rules and which of their fields hold messages. */
interface Plan {
  readonly rules: readonly MessageRule["look"][];
  readonly fields: ReadonlyMap<string, FieldPlan>;
  readonly durations: ReadonlySet<string>;
  readonly isAny: boolean;
}

interface FieldPlan {
  readonly kind: "message" | "list" | "map";
  readonly typeName: string;
}

/** Walks messages; it makes a plan a type, at first use. */
export class Walker {
  readonly #schema: Schema;
  readonly #rules = new Map<string, MessageRule["look"][]>();
  readonly #plans = new Map<string, Plan>();

  constructor(schema: Schema, rules: readonly MessageRule[]) {
    this.#schema = schema;
    for (const { typeName, look } of rules) addTo(this.#rules, typeName, look);
  }

  /**
   * Freezes a message and all inside, and runs the rules of each. Messages with a wrong value somewhere below them (at
   * the JSON Pointers `broken`) are walked but not looked at: rules may rely on types.
   */
  walk(typeName: string, message: object, visit: Visit, broken: readonly string[] = []): void {
    this.#walk(typeName, message, visit, brokenPlaces(broken));
  }

  #walk(typeName: string, message: object, visit: Visit, broken: ReadonlySet<string>): void {
    const plan = this.#planOf(typeName);
    if (plan.isAny) {
      this.#walkAny(message, visit, broken);
      return;
    }
    const isSound = broken.size === 0 || !broken.has(camelCase(visit.pointer([])));
    visit.typeNames.push(typeName);
    visit.messages.push(isSound ? message : undefined);
    if (isSound) for (const look of plan.rules) look(message, visit);
    for (const [name, value] of Object.entries(message)) {
      if (typeof value !== "object" || value === null) {
        if (typeof value === "string" && value.startsWith("-") && plan.durations.has(name))
          negative(name, value, visit);
        continue;
      }
      const field = plan.fields.get(name);
      visit.at.push(name);
      if (field === undefined) freezeAll(value);
      else this.#walkField(field, value, visit, broken);
      visit.at.pop();
    }
    visit.typeNames.pop();
    visit.messages.pop();
    Object.freeze(message);
  }

  #walkField({ kind, typeName }: FieldPlan, value: object, visit: Visit, broken: ReadonlySet<string>): void {
    if (kind === "message") {
      this.#walk(typeName, value, visit, broken);
      return;
    }
    const items = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, item] of items) {
      if (typeof item !== "object" || item === null) continue;
      visit.at.push(key);
      this.#walk(typeName, item, visit, broken);
      visit.at.pop();
    }
    Object.freeze(value);
  }

  #walkAny(message: object, visit: Visit, broken: ReadonlySet<string>): void {
    const url = "@type" in message && typeof message["@type"] === "string" ? message["@type"] : "";
    const typeName = url.slice(url.lastIndexOf("/") + 1);
    if (this.#schema.message(typeName) === undefined || typeName === ANY) freezeAll(message);
    else this.#walk(typeName, message, visit, broken);
  }

  #planOf(typeName: string): Plan {
    const known = this.#plans.get(typeName);
    if (known !== undefined) return known;
    const fields = new Map<string, FieldPlan>();
    const durations = new Set<string>();
    for (const { jsonName, kind, element, type } of this.#schema.message(typeName)?.fields ?? []) {
      if (kind === "message" && type === DURATION) durations.add(jsonName);
      if (element !== "message" || kind === "scalar" || kind === "enum") continue;
      fields.set(jsonName, { kind, typeName: type });
    }
    const plan = { rules: this.#rules.get(typeName) ?? [], fields, durations, isAny: typeName === ANY };
    this.#plans.set(typeName, plan);
    return plan;
  }
}

/** Envoy refuses a negative duration when it reads it, whatever the rules of the field say. */
function negative(name: string, value: string, visit: Visit): void {
  const path = visit.pointer([name]);
  if (visit.findings.some((finding) => finding.path === path)) return;
  visit.error("envoy_refuses", [name], `${value} is negative`);
}

/** Where something is wrong, here or below, in lowerCamelCase: paths are spelled as the input is. */
function brokenPlaces(paths: readonly string[]): ReadonlySet<string> {
  const places = new Set<string>();
  for (const path of paths) {
    let place = camelCase(path);
    while (place !== "" && !places.has(place)) {
      places.add(place);
      place = place.slice(0, place.lastIndexOf("/"));
    }
    places.add("");
  }
  return places;
}

function freezeAll(value: object): void {
  for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) freezeAll(inner);
  Object.freeze(value);
}
