import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { createHostNetwork, type HostAddress, type HostNetworkOptions, type HostPort } from "@netmason/cni/node";
import { expect, it, onTestFinished } from "vitest";
import { describeOnLinux } from "../../test/on-linux.js";
import { temporaryFolder } from "../../test/temporary-folder.js";

const address = (cidr: string, internal = false): HostAddress => ({
  address: cidr.replace(/\/.*/, ""),
  cidr,
  internal,
  mac: "02:00:00:00:00:01",
});

const HOST = {
  lo: [address("127.0.0.1/8", true)],
  eth0: [address("192.0.2.7/24"), address("2001:db8::7/64"), address("fe80::1/64")],
  eth1: [address("198.51.100.7/24")],
};

function setUp(options: Partial<HostNetworkOptions> = {}): ReturnType<typeof createHostNetwork> {
  return createHostNetwork({ stateDir: join(temporaryFolder(), "state"), networkInterfaces: () => HOST, ...options });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describeOnLinux("createHostNetwork", () => {
  it("gives the host's addresses", async () => {
    expect(await setUp().attach({ containerId: "a" })).toEqual({
      cniVersion: "1.1.0",
      interfaces: [
        { name: "eth0", mac: "02:00:00:00:00:01" },
        { name: "eth1", mac: "02:00:00:00:00:01" },
      ],
      ips: [
        { address: "192.0.2.7/24", interface: 0 },
        { address: "2001:db8::7/64", interface: 0 },
        { address: "198.51.100.7/24", interface: 1 },
      ],
    });
    const one = await setUp({ interfaces: ["eth1"] }).attach({ containerId: "a" });
    expect(one.ips).toEqual([{ address: "198.51.100.7/24", interface: 0 }]);
  });

  it("keeps who has which port, all or none, until it is detached", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const network = setUp({ stateDir });
    const [p1, p2] = [await freePort(), await freePort()];
    await network.attach({ containerId: "a", ports: [{ port: p1 }] });
    const again = setUp({ stateDir });
    await expect(again.attach({ containerId: "b", ports: [{ port: p2 }, { port: p1 }] })).rejects.toMatchObject({
      code: "port_in_use",
      details: { port: p1, protocol: "tcp", heldBy: "a" },
    });
    expect(await again.list()).toEqual([{ containerId: "a", ports: [{ port: p1, protocol: "tcp", hostIP: "" }] }]);
    await again.detach("a");
    await again.detach("a");
    await again.attach({ containerId: "b", ports: [{ port: p2 }, { port: p1 }] });
    expect((await network.list()).map(({ containerId }) => containerId)).toEqual(["b"]);
    expect(readdirSync(stateDir)).toEqual(["b.json", "lock"]);
  });

  it.each([
    [{ hostIP: "127.0.0.1" }, { hostIP: "127.0.0.2" }, true],
    [{ hostIP: "127.0.0.1" }, {}, false],
    [{ hostIP: "0.0.0.0" }, { hostIP: "127.0.0.1" }, false],
    [{ hostIP: "0.0.0.0" }, { hostIP: "::1" }, true],
    [{ hostIP: "0.0.0.0" }, {}, false],
    [{ hostIP: "::" }, { hostIP: "127.0.0.1" }, false],
    [{ hostIP: "::1" }, { hostIP: "::" }, false],
    [{ hostIP: "::ffff:127.0.0.1" }, { hostIP: "127.0.0.1" }, false],
    [{ protocol: "tcp" }, { protocol: "udp" }, true],
    [{ protocol: "sctp" }, { protocol: "sctp" }, false],
  ] as readonly (readonly [Partial<HostPort>, Partial<HostPort>, boolean])[])(
    "%j and %j go together: %s",
    async (first, second, together) => {
      const network = setUp();
      const port = await freePort();
      await network.attach({ containerId: "a", ports: [{ port, ...first }] });
      const attached = network.attach({ containerId: "b", ports: [{ port, ...second }] }).then(
        () => true,
        ({ code }) => code,
      );
      expect(await attached).toBe(together ? true : "port_in_use");
    },
  );

  it("sees what else listens", async () => {
    const tcp = createServer().listen(0);
    const udp = createSocket("udp4").bind(0);
    onTestFinished(() => {
      tcp.close();
      udp.close();
    });
    await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
    const network = setUp();
    for (const [protocol, port] of [
      ["tcp", (tcp.address() as AddressInfo).port],
      ["udp", udp.address().port],
    ] as const) {
      const error = await network.attach({ containerId: "a", ports: [{ port, protocol }] }).catch((each) => each);
      expect(error).toMatchObject({ code: "port_in_use", details: { port, protocol } });
      expect(error.details).not.toHaveProperty("heldBy");
    }
    expect(await network.list()).toEqual([]);
  });

  it.each([
    ["tcp", "127.0.0.1"],
    ["tcp", "::1"],
    ["tcp", "::"],
    ["udp", "127.0.0.1"],
    ["udp", "::1"],
    ["udp", "::"],
  ] as const)("sees what listens on one family and address alone: %s %s", async (protocol, address) => {
    const port = await freePort();
    if (protocol === "tcp") {
      const server = createServer().listen({ port, host: address, ipv6Only: true });
      onTestFinished(() => void server.close());
      await once(server, "listening");
    } else {
      const ipv6Only = address.includes(":");
      const socket = createSocket({ type: ipv6Only ? "udp6" : "udp4", ipv6Only }).bind(port, address);
      onTestFinished(() => void socket.close());
      await once(socket, "listening");
    }
    await expect(setUp().attach({ containerId: "a", ports: [{ port, protocol }] })).rejects.toMatchObject({
      code: "port_in_use",
    });
    const elsewhere = address === "127.0.0.1" ? "::1" : "127.0.0.1";
    await setUp().attach({ containerId: "a", ports: [{ port, protocol, hostIP: elsewhere }] });
  });

  it("says which address or file it cannot use", async () => {
    const port = await freePort();
    const foreign = setUp().attach({ containerId: "a", ports: [{ port, hostIP: "203.0.113.1" }] });
    await expect(foreign).rejects.toMatchObject({ code: "io_failure", msg: expect.stringContaining("203.0.113.1") });
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const network = setUp({ stateDir: file });
    for (const call of [() => network.attach({ containerId: "a" }), () => network.detach("a"), () => network.list()]) {
      await expect(call()).rejects.toMatchObject({ code: "io_failure", msg: expect.stringContaining(file) });
    }
    const odd = { a: join(temporaryFolder(), "a.json"), lock: join(temporaryFolder(), "lock") };
    for (const each of Object.values(odd)) mkdirSync(each);
    const [withOddFile, withOddLock] = [odd.a, odd.lock].map((each) => setUp({ stateDir: dirname(each) }));
    for (const call of [() => withOddFile?.detach("a"), () => withOddFile?.list(), () => withOddLock?.detach("a")]) {
      await expect(call()).rejects.toMatchObject({ code: "io_failure" });
    }
  });

  it("lists what is there while others come and go", async () => {
    const stateDir = temporaryFolder();
    const network = setUp({ stateDir });
    await network.attach({ containerId: "stays" });
    // Listed, and gone when it is read.
    symlinkSync(join(stateDir, "none"), join(stateDir, "goes.json"));
    expect((await network.list()).map(({ containerId }) => containerId)).toEqual(["stays"]);
    rmSync(join(stateDir, "goes.json"));
    for (let i = 0; i < 20; i++) {
      const work = [network.attach({ containerId: `c${i}` }), network.list(), network.detach(`c${i}`), network.list()];
      await Promise.all(work);
    }
  });

  it("lets a container keep the port it listens on when it is attached again", async () => {
    const network = setUp();
    const port = await freePort();
    await network.attach({ containerId: "a", ports: [{ port }] });
    const server = createServer().listen(port);
    onTestFinished(() => {
      server.close();
    });
    await once(server, "listening");
    await network.attach({ containerId: "a", ports: [{ port }] });
    await network.attach({ containerId: "a" });
    expect(await network.list()).toEqual([{ containerId: "a", ports: [] }]);
  });

  it("gives one port to one of many at once", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const port = await freePort();
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => setUp({ stateDir }).attach({ containerId: `c${i}`, ports: [{ port }] })),
    );
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await setUp({ stateDir }).list()).toHaveLength(1);
  });

  it("refuses names and ports that are none, a damaged state, and to start once aborted", async () => {
    const stateDir = temporaryFolder();
    const network = setUp({ stateDir });
    await expect(network.attach({ containerId: "../x" })).rejects.toMatchObject({ code: "invalid_environment" });
    for (const port of [0, 65_536, 1.5])
      await expect(network.attach({ containerId: "a", ports: [{ port }] })).rejects.toThrow(RangeError);
    await expect(network.attach({ containerId: "a", ports: [{ port: 1, hostIP: "x" }] })).rejects.toThrow('not "x"');
    await expect(network.attach({ containerId: "a" }, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    writeFileSync(join(stateDir, "b.json"), "{}");
    await expect(network.attach({ containerId: "a" })).rejects.toMatchObject({ code: "decode_failure" });
  });
});
