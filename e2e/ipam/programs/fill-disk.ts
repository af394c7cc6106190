// Allocates until the store refuses, says what was acknowledged and how it was refused, then looks whether all is there.
import { createIpam, isIpamError } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { parsePrefix } from "@netmason/net";

const [path = ""] = process.argv.slice(2);
const store = createLmdbStore({ path });
const ipam = createIpam({ store, retryCount: 2 });
await ipam.createPool({ name: "p", prefix: parsePrefix("10.0.0.0/8"), units: { kind: "addresses" } });

const acknowledged: string[] = [];
let code = "none";
const attributes = { padding: "x".repeat(400) };
while (code === "none" && acknowledged.length < 200_000) {
  const calls = Array.from({ length: 20 }, (_, i) =>
    ipam.allocate({ handle: `h${acknowledged.length}-${i}`, attributes }),
  );
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === "fulfilled") acknowledged.push(...outcome.value.map(({ address }) => String(address)));
    else code = isIpamError(outcome.reason) ? outcome.reason.code : String(outcome.reason);
  }
}
const live = new Set<string>();
for await (const allocation of ipam.listAllocations()) {
  if (allocation.kind === "address") live.add(String(allocation.address));
}
const lostCount = acknowledged.filter((address) => !live.has(address)).length;
const { findings } = await ipam.audit();
console.log(JSON.stringify({ code, acknowledgedCount: acknowledged.length, lostCount, findings }));
await ipam.close();
await store.close();
