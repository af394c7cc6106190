// Writes to a store and says so, one line a write: for a test that looks at what the system was asked between the lines.
import { writeSync } from "node:fs";
import { createIpam, type Store } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { parsePrefix } from "@netmason/net";
import { open } from "lmdb";

const [mode = "", path = "", count = "0"] = process.argv.slice(2);

if (mode === "unsynced") await acknowledgeUnsynced();
else await acknowledgeAllocations(openStore());

function openStore(): Store {
  if (mode === "folder") return createLmdbStore({ path });
  return createLmdbStore({ environment: open({ path, noSubdir: false, overlappingSync: false }) });
}

async function acknowledgeAllocations(store: Store): Promise<void> {
  const ipam = createIpam({ store });
  await ipam.createPool({ name: "p", prefix: parsePrefix("10.0.0.0/16"), units: { kind: "addresses" } });
  for (let i = 0; i < Number(count); i++) {
    say("begin", i);
    await ipam.allocate({ handle: `h${i}` });
    say("acknowledged", i);
  }
  await ipam.close();
  await store.close();
}

/** What a store must not do: the disk is never asked. */
async function acknowledgeUnsynced(): Promise<void> {
  const environment = open({ path, noSubdir: false, noSync: true });
  for (let i = 0; i < Number(count); i++) {
    say("begin", i);
    await environment.put(`k${i}`, i);
    say("acknowledged", i);
  }
  await environment.close();
}

function say(what: string, i: number): void {
  writeSync(1, `${what} ${i}\n`);
}
