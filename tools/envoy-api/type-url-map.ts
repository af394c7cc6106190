import type { ApiModel } from "./api-model.js";
import { anyNameOf, generatedHead, modulePathOf } from "./json-types.js";
import { wellKnownInAny, wellKnownModule, wellKnownNames } from "./well-known-types.js";

/** Declarations of `TypeUrlMap` and `TypedAny` over every message that can stand alone. */
export function writeTypeUrlMap(api: ApiModel): string {
  const imports: string[] = [];
  const entries: string[] = [];
  const modules = new Map<string, string[]>();
  for (const { desc } of api.messages) {
    const anyName = anyNameOf(desc);
    if (anyName === undefined) continue;
    const path = modulePathOf(desc);
    const names = modules.get(path) ?? [];
    modules.set(path, names);
    const local = `T${entries.length}`;
    names.push(`${anyName} as ${local}`);
    entries.push(`  readonly "type.googleapis.com/${desc.typeName}": ${local};`);
  }
  for (const [path, names] of modules) imports.push(`import type { ${names.join(", ")} } from "./${path}.js";`);
  const wellKnown = writeWellKnown();
  imports.push(`import type { ${wellKnown.imports.join(", ")} } from "./${wellKnownModule}.js";`);
  return [
    generatedHead,
    ...imports,
    "",
    ...wellKnown.declarations,
    ...wellKnownEntriesLast(entries, wellKnown.entries),
  ].join("\n");
}

function writeWellKnown(): { imports: string[]; declarations: string[]; entries: string[] } {
  const names = new Set(
    Object.values(wellKnownNames)
      .filter(({ builtIn }) => builtIn !== true)
      .map(({ name }) => name),
  );
  const declarations: string[] = [];
  const entries: string[] = [];
  for (const short of [...wellKnownInAny, "Empty"]) {
    const url = `type.googleapis.com/google.protobuf.${short}`;
    const value = wellKnownNames[short]?.name ?? "never";
    const members = short === "Empty" ? [] : [`  readonly value: ${value};`];
    declarations.push(
      `/** \`google.protobuf.${short}\` inside a field that takes any message. */`,
      `export interface ${short}Any {`,
      `  readonly "@type": "${url}";`,
      ...members,
      "}",
      "",
    );
    entries.push(`  readonly "${url}": ${short}Any;`);
  }
  names.delete("EmptyJson");
  return { imports: [...names].sort(), declarations, entries };
}

function wellKnownEntriesLast(entries: readonly string[], wellKnown: readonly string[]): string[] {
  return [
    "/**",
    " * JSON of every message that can stand alone, by its type URL. Types of your own are added by augmenting it:",
    ' * `declare module "@netmason/envoy-api/type-urls" { interface TypeUrlMap { … } }`.',
    " */",
    "export interface TypeUrlMap {",
    ...entries,
    ...wellKnown,
    "}",
    "",
    '/** JSON of a message in a field that takes any: `"@type"` tells which. */',
    "export type TypedAny = TypeUrlMap[keyof TypeUrlMap];",
    "",
  ];
}
