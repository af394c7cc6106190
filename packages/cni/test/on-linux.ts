import { describe, it } from "vitest";

const isLinux = process.platform === "linux";

/** Suites over what only Linux has: shell scripts as plugins, flock(1), modes of files, /proc. */
export const describeOnLinux: ReturnType<typeof describe.runIf> = describe.runIf(isLinux);

export const itOnLinux: ReturnType<typeof it.runIf> = it.runIf(isLinux);
