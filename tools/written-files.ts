import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./workspaces.js";

/** A committed file that is made from others: compared, or with `write` brought up to date. */
export function holdFile(path: string, text: string, write: boolean): string {
  const file = join(ROOT, path);
  const current = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (current === text) return `${path} is up to date`;
  if (!write) throw new Error(`${path} is out of date: run npm run check:packages -- --write and read the difference`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return `${path} written`;
}

/** The same for the part of a document between `<!-- name -->` and `<!-- /name -->`. */
export function holdSection(path: string, name: string, text: string, write: boolean): string {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const current = readFileSync(join(ROOT, path), "utf8");
  const [start, end] = [current.indexOf(opening), current.indexOf(closing)];
  if (start < 0 || end < start) throw new Error(`${path} has no ${opening} … ${closing}`);
  return holdFile(path, `${current.slice(0, start + opening.length)}\n${text}\n${current.slice(end)}`, write);
}
