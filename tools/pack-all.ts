// Writes the packages to dist-packages/ as npm would publish them, for use before a first release.
import { join, relative } from "node:path";
import { packInto } from "./tarballs.js";
import { ROOT } from "./workspaces.js";

const files = packInto(join(ROOT, "dist-packages")).map(({ file }) => relative(ROOT, file));
console.log(
  `${files.join("\n")}\n\nIn your project: npm install ${files.map((file) => `PATH-TO-THIS-FOLDER/${file}`).join(" ")}`,
);
