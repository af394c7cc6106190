import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isIpamError, type Store } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { storeContract } from "@netmason/ipam/testing";
import { open, type RootDatabase } from "lmdb";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "netmason-lmdb-"));
let folders = 0;
const freshPath = (): string => join(folder, String(++folders));

afterAll(() => rmSync(folder, { recursive: true }));

const paths = new WeakMap<Store, string>();

function openPath(path: string): Store {
  const store = createLmdbStore({ path, pollMs: 5 });
  paths.set(store, path);
  return store;
}

describe("a store in a folder", () => {
  const openAgain = async (store: Store): Promise<Store> => openPath(paths.get(store) ?? "");
  const cases = storeContract(async () => openPath(freshPath()), { openAgain });

  it.each(cases)("keeps the contract: $name", ({ run }) => run());
});

describe.each([false, true])("a store in an environment that was opened with overlappingSync %s", (overlappingSync) => {
  const environments = new WeakMap<Store, RootDatabase>();
  const use = async (environment: RootDatabase): Promise<Store> => {
    const store = createLmdbStore({ environment, pollMs: 5 });
    environments.set(store, environment);
    return store;
  };
  const openAgain = (store: Store): Promise<Store> => use(environments.get(store) as RootDatabase);
  const cases = storeContract(() => use(open({ path: freshPath(), overlappingSync })), { openAgain });

  it.each(cases)("keeps the contract: $name", ({ run }) => run());
});

describe("createLmdbStore", () => {
  it("is there", async () => {
    const store = openPath(freshPath());
    await store.close();
    const error = await store.get(["a"]).catch((reason: unknown) => reason);
    expect(isIpamError(error, "store_closed")).toBe(true);
  });
});
