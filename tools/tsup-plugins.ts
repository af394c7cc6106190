import type { Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];

const definition = /^var __export = \(target, all\) => \{\n( {2}for .*\n.*;)\n\};$/m;
const namespace = /^var (\w+) = \{\};\n__export\(\1, \{/gm;

/**
 * A plugin of tsup. esbuild fills the object of `import * as cluster` by a call, which no bundler may drop, so every user
 * of the package would pay for all families of builders. This makes the object the result of a call that is marked as
 * pure. Lines stay where they are, and with them the source map.
 */
export const pureNamespaces: Plugin = {
  name: "pure-namespaces",
  renderChunk(code, { map }) {
    const pure = code
      .replace(definition, (_, loop: string) => `var __export = (target, all) => {\n${loop}\n  return target; };`)
      .replaceAll(namespace, (_, name: string) => `var ${name} = /* @__PURE__ */ \n__export({}, {`);
    if (/^__export\(/m.test(pure.replaceAll(/@__PURE__ \*\/ \n__export/g, ""))) {
      throw new RangeError("a namespace of the bundle is written otherwise than expected");
    }
    return { code: pure, map: map ?? null };
  },
};

/**
 * A plugin of tsup. esbuild imports each chunk that an entry point reaches, even where nothing of it is used there; the
 * bundlers of users warn about such imports, because nothing in a package has side effects.
 */
export const noBareImports: Plugin = {
  name: "no-bare-imports",
  renderChunk(code, { map }) {
    return { code: code.replaceAll(/^import "\.[^"]*\/chunk-[^"]*";$/gm, ""), map: map ?? null };
  },
};
