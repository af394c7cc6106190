import { join } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { ROOT } from "./workspaces.js";

const HEAD = "// Written by `npm run check:packages -- --write`; a change here is a change of the public API.\n\n";

/** Everything a user of an entry point can see, in one file of declarations. */
export async function createApiReport(folder: string, types: string): Promise<string> {
  const bundle = await rollup({
    input: join(ROOT, folder, types),
    plugins: [dts()],
    external: (id) => !id.startsWith(".") && !id.startsWith("/"),
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  const { output } = await bundle.generate({ format: "es" });
  await bundle.close();
  return HEAD + withoutComments(output[0].code);
}

/** The report is about signatures; documentation changes without changing them. */
function withoutComments(code: string): string {
  const text = code.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\/\/.*$/gm, "");
  return `${text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n")}\n`;
}
