import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "netmason",
  entryPointStrategy: "packages",
  entryPoints: ["packages/*"],
  projectDocuments: ["docs/guides/*.md", "docs/design/*.md"],
  plugin: ["typedoc-github-theme"],
  customCss: "docs/theme/site.css",
  out: "docs/site",
  readme: "README.md",
  includeVersion: false,
  defaultCategory: "Packages",
  categoryOrder: ["Guides", "Packages", "Design", "*"],
  navigation: { includeCategories: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  packageOptions: {
    defaultCategory: "Types",
    categoryOrder: ["*", "Types", "Errors", "Testing"],
    tsconfig: "tsconfig.build.json",
    readme: "README.md",
    excludeExternals: true,
    excludePrivate: true,
    excludeInternal: true,
    skipErrorChecking: true,
    disableGit: true,
    gitRevision: "main",
    sourceLinkTemplate: "https://github.com/netmason/netmason/blob/{gitRevision}/{path}#L{line}",
    basePath: root,
    displayBasePath: root,
    validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true, rewrittenLink: true },
    requiredToBeDocumented: [
      "Function",
      "Class",
      "Interface",
      "TypeAlias",
      "Variable",
      "Method",
      "Constructor",
      "Accessor",
    ],
  },
};
