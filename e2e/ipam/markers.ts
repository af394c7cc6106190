import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What stands in the file that says who owns an address. */
export interface Marker {
  readonly handle: string;
  readonly sequence: string;
  /** When a lease ends, in ms since 1970; absent: never. */
  readonly expiresAt?: number;
}

/** How long the harness, or an owner whose lease is over, may take to remove a file. */
const PATIENCE_MS = 5_000;

/**
 * A folder with a file for each address that somebody believes to own; the file system lets only one make it. Owners
 * remove their own files; those of owners that are killed or frozen are removed by the harness and by nobody else.
 */
export class Markers {
  readonly #folder: string;
  readonly #drafts: string;
  #draftCount = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#drafts = `${folder}-drafts`;
    mkdirSync(this.#folder, { recursive: true });
    mkdirSync(this.#drafts, { recursive: true });
  }

  /**
   * Makes the file of an address; answers who has made it before, which nobody may have. Only a lease that is over is
   * waited for: its file is on its way out.
   */
  async take(address: string, marker: Marker): Promise<Marker | undefined> {
    // Linked when it is whole, which fails as O_EXCL does: nobody is ever killed between making a file and writing it.
    const draft = join(this.#drafts, `${address}-${process.pid}-${this.#draftCount++}`);
    writeFileSync(draft, JSON.stringify(marker));
    try {
      for (const until = Date.now() + PATIENCE_MS; ; await sleep(2)) {
        if (this.#link(draft, address)) return undefined;
        const owner = this.read(address);
        if (owner !== undefined && (!this.isOver(owner) || Date.now() > until)) return owner;
      }
    } finally {
      rmSync(draft);
    }
  }

  /** Whether a lease has run out. The store has a clock, that of the machine, so nothing is added to its end. */
  isOver({ expiresAt = Number.POSITIVE_INFINITY }: Marker): boolean {
    return Date.now() >= expiresAt;
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

  /** Removes what a worker had that is gone or frozen; returns it. For the harness. */
  removeOf(prefix: string, passes: (owner: Marker) => boolean): readonly (Marker & { readonly address: string })[] {
    return this.addresses().flatMap((address) => {
      const owner = this.read(address);
      if (owner === undefined || !owner.handle.startsWith(prefix) || !passes(owner)) return [];
      this.remove(address, owner.sequence);
      return [{ ...owner, address }];
    });
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
