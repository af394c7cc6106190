import { LbError } from "../errors.js";

/** One object of a document in proto JSON; fields may be named in either spelling. */
export class JsonReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value)) fail(path, "must be an object");
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  /** Nothing is also what proto JSON writes as null. */
  #get(name: string): unknown {
    return this.#fields[name] ?? this.#fields[snakeCase(name)] ?? undefined;
  }

  refuse(name: string, expected: string): never {
    fail(`${this.#path}/${name}`, expected);
  }

  object(name: string): JsonReader | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : new JsonReader(value, `${this.#path}/${name}`);
  }

  require(name: string): JsonReader {
    return this.object(name) ?? this.refuse(name, "is missing");
  }

  list(name: string): readonly JsonReader[] {
    const value = this.#get(name) ?? [];
    if (!Array.isArray(value)) this.refuse(name, "must be an array");
    return value.map((each, i) => new JsonReader(each, `${this.#path}/${name}/${i}`));
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== "string") this.refuse(name, "must be a text");
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== "boolean") this.refuse(name, "must be true or false");
    return value;
  }

  /** Numbers may be written as texts. */
  number(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isFinite(number) || number < 0) {
      this.refuse(name, "must be a number that is not negative");
    }
    return number;
  }

  /** The fields of a free-form object, as they are. */
  fieldsOf(name: string): Readonly<Record<string, unknown>> | undefined {
    const found = this.object(name);
    return found === undefined ? undefined : found.#fields;
  }
}

function fail(path: string, expected: string): never {
  throw new LbError("invalid_assignment", `${path === "" ? "the assignment" : path} ${expected}`, { path, expected });
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
