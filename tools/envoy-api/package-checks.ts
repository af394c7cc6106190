import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleForBrowser } from "../browser-bundle.js";
import { ROOT } from "../workspaces.js";
import { holdFile } from "../written-files.js";
import { readApi } from "./api-model.js";
import { collectFacts } from "./envoy-facts.js";
import { describeGenerated } from "./generated-surface.js";
import { writeRulesPage } from "./rules-page.js";

interface PackageCheck {
  readonly name: string;
  readonly run: () => string | Promise<string>;
}

/** What is checked of `@netmason/envoy-api` besides what is checked of every package. */
export function envoyApiChecks(write: boolean): readonly PackageCheck[] {
  return [
    {
      name: "generated modules of @netmason/envoy-api",
      run: () => holdFile("packages/envoy-api/api/generated.txt", describeGenerated(), write),
    },
    {
      name: "rules that Envoy has in code",
      run: () => holdFile("docs/guides/envoy-code-rules.md", writeRulesPage(collectFacts(readApi())), write),
    },
    {
      name: "the codec needs no protobuf library",
      run: async () => {
        const specifier = "@netmason/envoy-api/codec";
        const { packages, minifiedBytes } = await bundleForBrowser(specifier);
        if (packages.join() !== "@netmason/envoy-api")
          throw new RangeError(`${specifier} bundles ${packages.join(", ")}`);
        const table = readFileSync(join(ROOT, "packages/envoy-api/gen/field-table.js"));
        return `${minifiedBytes - table.length} bytes minified without its table`;
      },
    },
  ];
}
