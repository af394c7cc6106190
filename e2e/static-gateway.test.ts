// The example sends a request through a real Envoy.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith } from "./components.js";

const example = join(import.meta.dirname, "../examples/static-gateway");

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => server.listening || once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

describeWith("envoy", "examples/static-gateway", (program) => {
  it("makes files that Envoy serves by", async () => {
    const [admin, listen, backend] = await freePorts(3);
    const folder = mkdtempSync(join(tmpdir(), "netmason-example-"));
    try {
      const file = join(folder, "hosts.yaml");
      const text = readFileSync(join(example, "data/hosts.yaml"), "utf8");
      const moved = text.replace("127.0.0.1:9901", `127.0.0.1:${admin}`).replace("0.0.0.0:8080", `127.0.0.1:${listen}`);
      writeFileSync(file, moved.replaceAll("127.0.0.1:9001", `127.0.0.1:${backend}`));
      const args = [
        "--import",
        "tsx",
        "-C",
        "@netmason/source",
        join(example, "src/main.ts"),
        file,
        join(folder, "out"),
      ];
      const printed = execFileSync(process.execPath, args, {
        encoding: "utf8",
        env: { ...process.env, ENVOY: program },
      });
      expect(printed).toContain("Through Envoy: 200 backend got shop.example.com/cart");
      expect(JSON.parse(readFileSync(join(folder, "out/lds.json"), "utf8"))).toMatchObject({
        resources: [{ name: "gateway" }],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
