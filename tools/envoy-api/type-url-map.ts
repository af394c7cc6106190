import type { ApiModel } from "./api-model.js";
import { anyNameOf, generatedHead, modulePathOf } from "./json-types.js";
import { wellKnownInAny, wellKnownModule, wellKnownNames } from "./well-known-types.js";

/**
 * Messages that are sent and logged but stand in no field that takes any message. They are not in `TypedAny`, which stays
 * below 1,000 members for it: TypeScript gives up comparing the members of a larger union with each other (TS2590).
 */
const sentOnly =
  /^(envoy\.data|envoy\.service\.(accesslog|auth|event_reporting|ext_proc|health|load_stats|metrics|network_ext_proc|rate_limit_quota|ratelimit|redis_auth|tap)|io\.prometheus|opentelemetry|cel|google)\./;

/** Declarations of `TypeUrlMap` and `TypedAny` over every message that can stand alone. */
export function writeTypeUrlMap(api: ApiModel): string {
  const entries: string[] = [];
  const sent: string[] = [];
  const modules = new Map<string, string[]>();
  for (const { desc } of api.messages) {
    const anyName = anyNameOf(desc);
    if (anyName === undefined) continue;
    const path = modulePathOf(desc);
    const names = modules.get(path) ?? [];
    modules.set(path, names);
    const local = `T${entries.length + sent.length}`;
    names.push(`${anyName} as ${local}`);
    (sentOnly.test(desc.typeName) ? sent : entries).push(
      `  readonly "type.googleapis.com/${desc.typeName}": ${local};`,
    );
  }
  const wellKnown = writeWellKnown();
  const imports = [...modules].map(([path, names]) => `import type { ${names.join(", ")} } from "./${path}.js";`);
  imports.push(`import type { ${wellKnown.imports.join(", ")} } from "./${wellKnownModule}.js";`);
  const maps = writeMaps([...entries, ...wellKnown.entries], sent);
  return [generatedHead, ...imports, "", ...wellKnown.declarations, ...maps].join("\n");
}

function writeWellKnown(): { imports: string[]; declarations: string[]; entries: string[] } {
  const names = new Set(
    Object.values(wellKnownNames)
      .filter(({ builtIn, name }) => builtIn !== true && name !== "EmptyJson")
      .map(({ name }) => name),
  );
  const declarations: string[] = [];
  const entries: string[] = [];
  for (const short of [...wellKnownInAny, "Empty"]) {
    const url = `type.googleapis.com/google.protobuf.${short}`;
    const value = wellKnownNames[short]?.name ?? "never";
    declarations.push(
      `/** \`google.protobuf.${short}\` inside a field that takes any message. */`,
      `export interface ${short}Any {`,
      `  readonly "@type": "${url}";`,
      ...(short === "Empty" ? [] : [`  readonly value: ${value};`]),
      "}",
      "",
    );
    entries.push(`  readonly "${url}": ${short}Any;`);
  }
  return { imports: [...names].sort(), declarations, entries };
}

function writeMaps(entries: readonly string[], sent: readonly string[]): string[] {
  return [
    "/**",
    " * JSON of every message that may stand in a field that takes any, by its type URL. Types of your own are added by",
    ' * augmenting it: `declare module "@netmason/envoy-api/type-urls" { interface TypeUrlMap { … } }`.',
    " */",
    "export interface TypeUrlMap {",
    ...entries,
    "}",
    "",
    "/** JSON of messages that services send and logs hold, by their type URLs. */",
    "export interface SentTypeUrlMap {",
    ...sent,
    "}",
    "",
    '/** JSON of a message in a field that takes any: `"@type"` tells which. */',
    "export type TypedAny = TypeUrlMap[keyof TypeUrlMap];",
    "",
  ];
}
