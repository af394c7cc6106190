import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What stands in the file that says who owns an address. */
export interface Marker {
  readonly handle: string;
  readonly sequence: string;
  /** When a lease ends, in ms since 1970; absent: never. */
  readonly expiresAt?: number;
}

/** A folder with a file for each address that somebody believes to own; the file system lets only one make it. */
export class Markers {
  readonly #folder: string;
  readonly #drafts: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#drafts = `${folder}-drafts`;
    mkdirSync(this.#folder, { recursive: true });
    mkdirSync(this.#drafts, { recursive: true });
  }

  /** Makes the file of an address; answers who has made it before, if it is still there and not of a lease that is over. */
  take(address: string, marker: Marker): Marker | undefined {
    // Linked when it is whole, which fails as O_EXCL does: nobody is ever killed between making a file and writing it.
    const draft = join(this.#drafts, `${address}-${process.pid}`);
    writeFileSync(draft, JSON.stringify(marker));
    try {
      for (;;) {
        if (this.#link(draft, address)) return undefined;
        const owner = this.read(address);
        if (owner !== undefined && (owner.expiresAt ?? Number.POSITIVE_INFINITY) > Date.now()) return owner;
        if (owner !== undefined) this.remove(address, owner.sequence);
      }
    } finally {
      rmSync(draft);
    }
  }

  /** The owner of an address. */
  read(address: string): Marker | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(address), "utf8")) as Marker;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Removes the file of an address if it is of this allocation. */
  remove(address: string, sequence: string): void {
    if (this.read(address)?.sequence === sequence) rmSync(this.#path(address), { force: true });
  }

  /** Removes what a worker that is gone had. */
  removeOf(prefix: string): void {
    for (const address of this.addresses()) {
      const owner = this.read(address);
      if (owner?.handle.startsWith(prefix)) this.remove(address, owner.sequence);
    }
  }

  addresses(): readonly string[] {
    return readdirSync(this.#folder);
  }

  #link(draft: string, address: string): boolean {
    try {
      linkSync(draft, this.#path(address));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  }

  #path(address: string): string {
    return join(this.#folder, address);
  }
}
