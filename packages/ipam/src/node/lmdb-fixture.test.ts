import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { endianness, tmpdir } from "node:os";
import { join } from "node:path";
import { createIpam, isIpamError, type Store } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { parseAddress } from "@netmason/net";
import { open } from "lmdb";
import { afterAll, describe, expect, it } from "vitest";

// LMDB writes words of the machine: a data file goes from one machine to another only where these agree. The size of a
// page is a field of the file.
const isSame = process.arch.endsWith("64") && endianness() === "LE";
const name = "a folder of layout 1, written on a 64-bit little-endian machine";

/** When the last record of the fixture was written. */
const THEN = 1_700_000_043_000;

const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "netmason-lmdb-fixture-"));
let copies = 0;

afterAll(() => rmSync(folder, { recursive: true }));

/** The committed folder stays as it is. */
function copyOfFixture(): string {
  const path = join(folder, String(++copies));
  cpSync(join(import.meta.dirname, "../../test/fixtures/lmdb-layout-1"), path, { recursive: true });
  return path;
}

function openCopy(path: string): Store {
  return createLmdbStore({ path, now: () => THEN });
}

describe.runIf(isSame)(name, () => {
  it("opens, is sound, and holds what was put into it", async () => {
    const store = openCopy(copyOfFixture());
    const ipam = createIpam({ store });
    expect((await ipam.audit()).findings).toEqual([]);
    const uses = await ipam.utilization();
    expect(uses.map(({ pool, counts }) => [pool.name, counts.liveCount, counts.coolingCount])).toEqual([
      ["pods", 20, 1],
      ["pods-v6", 5, 0],
      ["tenant-1", 1, 0],
      ["vpcs", 16, 1],
    ]);
    expect((await ipam.listReservations())[0]).toMatchObject({ name: "printers", reason: "machines of the office" });
    const leased = { handle: "leased", node: "n1", expiresAt: 1_700_003_630_000 };
    expect(await ipam.getAllocation(parseAddress("10.64.0.23"))).toMatchObject(leased);
    const dns = { handle: "tenant-1/dns", pool: "tenant-1" };
    expect(await ipam.getAllocation(parseAddress("10.128.0.2"))).toMatchObject(dns);
    await store.close();
  });

  it("is allocated from and released into, and keeps it", async () => {
    const path = copyOfFixture();
    const store = openCopy(path);
    const ipam = createIpam({ store });
    const labels = { node: { pods: "yes" } };
    const held = await ipam.allocate({ handle: "new", node: "n0", labels, families: [4, 6] });
    expect(held.map(({ address }) => String(address))).toEqual(["10.64.0.35", "fd00:64::7"]);
    expect((await ipam.allocate({ handle: "pod-1/eth0", node: "n1", labels })).map(String)).toHaveLength(1);
    expect((await ipam.releaseByHandle("pod-1/eth0")).released).toHaveLength(2);
    await expect(ipam.allocate({ handle: "batch", node: "n0", labels, count: 41 })).rejects.toMatchObject({
      code: "handle_limit",
    });
    const child = await ipam.allocatePrefix({ handle: "tenant-2", pool: "vpcs", want: 20 });
    expect(String(child.prefix)).toBe("10.128.32.0/20");
    expect((await ipam.audit()).findings).toEqual([]);
    await store.close();
    const again = openCopy(path);
    expect(
      await createIpam({ store: again }).allocate({ handle: "new", node: "n0", labels, families: [4, 6] }),
    ).toEqual(held);
    await again.close();
  });

  it("is refused with the layout of a version to come, and not touched", async () => {
    const path = copyOfFixture();
    const environment = open({ path, overlappingSync: false });
    const db = environment.openDB<Buffer, Buffer>("netmason-ipam", { keyEncoding: "binary", encoding: "binary" });
    await db.put(Buffer.from([0]), Buffer.from('{"format":2,"revision":900,"batch":900}'));
    await environment.close();
    const before = readFileSync(join(path, "data.mdb"));
    let error: unknown;
    try {
      openCopy(path);
    } catch (caught) {
      error = caught;
    }
    expect(isIpamError(error, "store_format") && error.details).toEqual({ key: "lmdb", version: 2 });
    expect(readFileSync(join(path, "data.mdb")).equals(before)).toBe(true);
  });

  it("is refused with the records of a version to come, and not touched", async () => {
    const path = copyOfFixture();
    const store = openCopy(path);
    const value = { v: 1, format: 2, minReader: 2 };
    await store.txn({ compares: [], ops: [{ kind: "put", key: "meta", value }] });
    const before = await store.range({ from: "!", to: "~" });
    const refused = { code: "store_format", details: { key: "meta", version: 2 } };
    const ipam = createIpam({ store });
    await expect(ipam.allocate({ handle: "h" })).rejects.toMatchObject(refused);
    await expect(ipam.releaseByHandle("leased")).rejects.toMatchObject(refused);
    await expect(ipam.audit()).rejects.toMatchObject(refused);
    expect(await store.range({ from: "!", to: "~" })).toEqual(before);
    await store.close();
  });
});
