import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The Go module with the peers in Go. */
export const goFolder: string = join(root, "bench/go");

/** What the bench builds and installs; not in version control. */
export const cacheFolder: string = join(root, ".cache/bench");
