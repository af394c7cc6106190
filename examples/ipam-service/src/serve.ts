import { readFileSync } from "node:fs";
import { createIpam } from "@netmason/ipam";
import { createLmdbStore } from "@netmason/ipam/lmdb";
import { createIpamServer } from "./http-service.js";
import { applyPlan, parsePlan } from "./pool-file.js";

// Several of these may run on one folder, in as many processes: they hand out from the same pools.
const [path = "ipam-data", port = "8080"] = process.argv.slice(2);
const store = createLmdbStore({ path });
const ipam = createIpam({ store });
await applyPlan(ipam, parsePlan(readFileSync(new URL("../data/pools.yaml", import.meta.url), "utf8")));

const server = createIpamServer(ipam);
server.listen(Number(port), "127.0.0.1", () => console.log(`listening on 127.0.0.1:${port}, store in ${path}`));
process.once("SIGINT", () => {
  server.close(async () => {
    await ipam.close();
    await store.close();
  });
});
