import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";

/** A program that tests use and the repository does not bring. */
export interface Component {
  readonly name: string;
  readonly program: string;
  /** Where to look besides PATH. */
  readonly folders: readonly string[];
  readonly debianPackage: string;
  /** Arguments that make it print its version. */
  readonly versionArguments: readonly string[];
  /** Why the program cannot be used although it is there; `undefined` when it can. */
  readonly obstacle?: () => string | undefined;
}

const COMPONENTS = {
  iproute2: {
    name: "iproute2",
    program: "ip",
    folders: ["/usr/sbin", "/sbin"],
    debianPackage: "iproute2",
    versionArguments: ["-V"],
    obstacle: () => (process.getuid?.() === 0 ? undefined : "making network namespaces needs root"),
  },
} satisfies Record<string, Component>;

export type ComponentName = keyof typeof COMPONENTS;

export const componentNames: readonly ComponentName[] = Object.keys(COMPONENTS) as ComponentName[];

export function getComponent(name: ComponentName): Component {
  return COMPONENTS[name];
}

/** The path of a component's program. */
export function findProgram({ program, folders }: Component): string | undefined {
  const searched = [...(process.env.PATH ?? "").split(delimiter), ...folders];
  return searched.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

export function versionOf(component: Component): string {
  const file = findProgram(component);
  if (file === undefined) return "absent";
  return execFileSync(file, component.versionArguments, { encoding: "utf8" }).trim().split("\n")[0] ?? "";
}

/**
 * A suite that needs a component. Without it the suite is skipped under a title that says why, or fails where
 * NETMASON_REQUIRE_COMPONENTS=1.
 */
export function describeWith(name: ComponentName, title: string, suite: (program: string) => void): void {
  const component: Component = COMPONENTS[name];
  const program = findProgram(component);
  const missing = program === undefined ? `${name} is not installed` : component.obstacle?.();
  if (program !== undefined && missing === undefined) {
    describe(title, () => suite(program));
  } else if (process.env.NETMASON_REQUIRE_COMPONENTS === "1") {
    it(title, () => {
      throw new Error(`${missing}: run npm run components`);
    });
  } else {
    it.skip(`${title} (skipped: ${missing})`, () => {});
  }
}
