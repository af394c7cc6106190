import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { listFolders, listPackages, ROOT } from "./workspaces.js";

interface Box {
  readonly name: string;
  readonly kind: "package" | "example";
  readonly imports: readonly string[];
}

const WIDTH = 190;
const HEIGHT = 44;
const GAP_X = 40;
const GAP_Y = 56;
const MARGIN = 16;

/** Draws which workspace imports which, from the import statements in their sources; what is imported stands below. */
export function drawPackageMap(): string {
  const boxes = listBoxes();
  const layers = layersOf(boxes);
  const places = new Map<string, { readonly x: number; readonly y: number }>();
  for (const [row, layer] of layers.entries()) {
    for (const [column, box] of layer.entries()) {
      places.set(box.name, { x: MARGIN + column * (WIDTH + GAP_X), y: MARGIN + row * (HEIGHT + GAP_Y) });
    }
  }
  const widest = Math.max(...layers.map((layer) => layer.length));
  const width = 2 * MARGIN + widest * WIDTH + (widest - 1) * GAP_X;
  const height = 2 * MARGIN + layers.length * HEIGHT + (layers.length - 1) * GAP_Y;
  const arrows = boxes.flatMap((box) => box.imports.map((to) => arrowBetween(places.get(box.name), places.get(to))));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Which package imports which">`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#777"/></marker></defs>',
    ...arrows,
    ...boxes.map((box) => drawBox(box, places.get(box.name))),
    "</svg>",
    "",
  ].join("\n");
}

function listBoxes(): readonly Box[] {
  const packages = listPackages().map(({ name, folder }) => ({ name, folder, kind: "package" as const }));
  const examples = listFolders("examples").map((folder) => ({ name: folder, folder, kind: "example" as const }));
  const names = packages.map(({ name }) => name);
  return [...examples, ...packages].map(({ name, folder, kind }) => {
    const files = globSync(`${folder}/src/**/*.ts`, { cwd: ROOT, ignore: ["**/*.test.ts"] });
    const text = files.map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n");
    const found = [...text.matchAll(/^(?:import|export|\}) .*from "(@netmason\/[^/"]+)/gm)].map(
      ([, specifier]) => specifier,
    );
    return { name, kind, imports: names.filter((other) => other !== name && found.includes(other)) };
  });
}

/** A workspace stands one row above the lowest of those that import nothing, counted along its longest path. */
function layersOf(boxes: readonly Box[]): readonly (readonly Box[])[] {
  const heightOf = (box: Box): number =>
    Math.max(0, ...box.imports.map((name) => 1 + heightOf(boxes.find((each) => each.name === name) as Box)));
  const tallest = Math.max(...boxes.map(heightOf));
  return Array.from({ length: tallest + 1 }, (_, row) => boxes.filter((box) => heightOf(box) === tallest - row));
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function drawBox({ name, kind }: Box, place: Place = { x: 0, y: 0 }): string {
  const fill = kind === "package" ? "#dbeafe" : "#fef3c7";
  const text = `<text x="${place.x + WIDTH / 2}" y="${place.y + HEIGHT / 2 + 5}" text-anchor="middle" font-family="ui-monospace, monospace" font-size="14" fill="#111">${name}</text>`;
  return `<rect x="${place.x}" y="${place.y}" width="${WIDTH}" height="${HEIGHT}" rx="6" fill="${fill}" stroke="#777"/>${text}`;
}

function arrowBetween(from: Place = { x: 0, y: 0 }, to: Place = { x: 0, y: 0 }): string {
  const [x1, y1, x2, y2] = [from.x + WIDTH / 2, from.y + HEIGHT, to.x + WIDTH / 2, to.y];
  return `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#777" fill="none" marker-end="url(#head)"/>`;
}
