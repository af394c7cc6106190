import { defaultCodec } from "@netmason/envoy-api/codec";
import type { CompileOptions, Graph } from "../graph.js";
import { camelCase } from "../internal/camel-case.js";
import type { NamedResource } from "../resource.js";
import { type ResourceRef, type TypeUrl, typeUrls } from "../type-urls.js";
import type { Place, SourceDocument } from "./source-document.js";

/** Where a resource stands. */
export interface Origin {
  readonly document: SourceDocument;
  /** JSON Pointer of the resource in its document. */
  readonly pointer: string;
}

/** The resources of some files as one graph. */
export interface Collected {
  readonly graph: Graph;
  /** `any` where something is fetched from elsewhere, or where no bootstrap says that this is all. */
  readonly external: NonNullable<CompileOptions["external"]>;
  readonly isWhole: boolean;
  readonly originOf: (ref: ResourceRef) => Origin | undefined;
  /** What is neither a bootstrap nor a resource. */
  readonly unknown: readonly Origin[];
  /** Resources whose name another one of their type has; they are not in the graph. */
  readonly repeated: readonly Repeated[];
  readonly isEmpty: boolean;
}

/** A second resource of a name. */
export interface Repeated {
  readonly ref: ResourceRef;
  readonly origin: Origin;
  readonly first: Origin;
  /** The resource alone. */
  readonly graph: Graph;
}

const BOOTSTRAP: TypeUrl = "type.googleapis.com/envoy.config.bootstrap.v3.Bootstrap";

const KINDS: readonly (readonly [kind: keyof Graph, typeUrl: TypeUrl])[] = [
  ["listeners", typeUrls.listener],
  ["routes", typeUrls.route],
  ["scopedRoutes", typeUrls.scopedRoute],
  ["clusters", typeUrls.cluster],
  ["endpoints", typeUrls.endpoints],
  ["secrets", typeUrls.secret],
  ["runtimes", typeUrls.runtime],
  ["extensions", typeUrls.extension],
];

/** Fields by which a resource without "@type" is told. */
const SIGNS: readonly (readonly [field: string, typeUrl: TypeUrl])[] = [
  ["staticResources", BOOTSTRAP],
  ["dynamicResources", BOOTSTRAP],
  ["virtualHosts", typeUrls.route],
  ["filterChains", typeUrls.listener],
  ["defaultFilterChain", typeUrls.listener],
  ["apiListener", typeUrls.listener],
  ["loadAssignment", typeUrls.cluster],
  ["edsClusterConfig", typeUrls.cluster],
  ["clusterType", typeUrls.cluster],
  ["lbPolicy", typeUrls.cluster],
  ["endpoints", typeUrls.endpoints],
  ["tlsCertificate", typeUrls.secret],
  ["validationContext", typeUrls.secret],
];

/** Sorts what is in some documents: bootstraps, discovery responses, lists and single resources. */
export function collect(documents: readonly SourceDocument[]): Collected {
  const found = new Collection();
  for (const document of documents) found.add(document, "", document.value);
  return found.result();
}

class Collection {
  readonly #resources = new Map<TypeUrl, object[]>();
  readonly #others: NamedResource[] = [];
  readonly #origins = new Map<string, Origin>();
  readonly #unknown: Origin[] = [];
  readonly #repeated: Repeated[] = [];
  #hasBootstrap = false;
  #isFetching = false;

  add(document: SourceDocument, pointer: string, value: unknown, typeUrl?: TypeUrl): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.add(document, `${pointer}/${index}`, item, typeUrl);
      return;
    }
    const members = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
    const type = typeUrl ?? typeOf(members);
    if (type === BOOTSTRAP) this.#addBootstrap(document, pointer, members);
    else if (type !== undefined) this.#put(type, document, pointer, members);
    else if (Array.isArray(members.resources)) this.add(document, `${pointer}/resources`, members.resources);
    else this.#unknown.push({ document, pointer });
  }

  #addBootstrap(document: SourceDocument, pointer: string, members: Readonly<Record<string, unknown>>): void {
    const rest: Record<string, unknown> = { ...members };
    this.#hasBootstrap = true;
    for (const [key, value] of Object.entries(members)) {
      const name = camelCase(key);
      if (name === "dynamicResources") this.#isFetching = true;
      if (name !== "staticResources" || typeof value !== "object" || value === null) continue;
      delete rest[key];
      for (const kind of ["listeners", "clusters", "secrets"] as const) {
        const list = (value as Readonly<Record<string, unknown>>)[kind] ?? [];
        this.add(
          document,
          `${pointer}/${key}/${kind}`,
          list,
          typeUrls[kind === "listeners" ? "listener" : kind === "clusters" ? "cluster" : "secret"],
        );
      }
    }
    delete rest["@type"];
    const body = defaultCodec().normalize(BOOTSTRAP, rest).value as object;
    this.#others.push({ typeUrl: BOOTSTRAP, name: document.file, body });
    this.#origins.set(`${BOOTSTRAP} ${document.file}`, { document, pointer });
  }

  #put(typeUrl: TypeUrl, document: SourceDocument, pointer: string, members: Readonly<Record<string, unknown>>): void {
    const { "@type": _, ...body } = members;
    const canonical = defaultCodec().normalize(typeUrl, body).value as object;
    const ref: ResourceRef = { typeUrl, name: nameIn(canonical) };
    const origin = { document, pointer };
    const first = this.#origins.get(`${typeUrl} ${ref.name}`);
    if (first !== undefined) {
      this.#repeated.push({ ref, origin, first, graph: graphOf(new Map([[typeUrl, [canonical]]])) });
      return;
    }
    this.#origins.set(`${typeUrl} ${ref.name}`, origin);
    const list = this.#resources.get(typeUrl);
    if (list === undefined) this.#resources.set(typeUrl, [canonical]);
    else list.push(canonical);
  }

  result(): Collected {
    const isWhole = this.#hasBootstrap && !this.#isFetching;
    return {
      graph: { ...graphOf(this.#resources), others: this.#others },
      external: isWhole ? [] : "any",
      isWhole,
      originOf: ({ typeUrl, name }) => this.#origins.get(`${typeUrl} ${name}`),
      unknown: this.#unknown,
      repeated: this.#repeated,
      isEmpty: this.#origins.size === 0,
    };
  }
}

function graphOf(resources: ReadonlyMap<TypeUrl, readonly object[]>): Graph {
  return Object.fromEntries(KINDS.map(([kind, typeUrl]) => [kind, resources.get(typeUrl) ?? []]));
}

function typeOf(members: Readonly<Record<string, unknown>>): TypeUrl | undefined {
  const said = members["@type"];
  if (typeof said === "string") {
    const known = [BOOTSTRAP, ...KINDS.map(([, typeUrl]) => typeUrl)];
    return known.find((typeUrl) => typeUrl === said);
  }
  const fields = new Set(Object.keys(members).map(camelCase));
  return SIGNS.find(([field]) => fields.has(field))?.[1];
}

function nameIn(resource: object): string {
  const { name, clusterName }: { readonly name?: unknown; readonly clusterName?: unknown } = resource;
  const given = name ?? clusterName;
  return typeof given === "string" ? given : "";
}

/** Where a part of a resource stands. */
export function placeOf(origin: Origin, path: string): Place {
  return origin.document.placeOf(`${origin.pointer}${path}`);
}
