import { validateAttachmentId } from "@netmason/cni";
import { describe, expect, it } from "vitest";
import { findContainerIdFault, findIfnameFault, findNetworkNameFault } from "./internal/name-faults.js";

describe("names", () => {
  it.each(["a-b_c.d", "A", "0", "a".repeat(300)])("case 1: the container id %j is right", (id) => {
    expect(findContainerIdFault(id)).toBeUndefined();
    expect(findNetworkNameFault(id)).toBeUndefined();
  });

  it.each(["-a", ".a", "_a", "a/b", "é", "a\n", "..", "a b"])("case 1: the container id %j is refused", (id) => {
    expect(findContainerIdFault(id)).toMatchObject({
      code: "invalid_environment",
      msg: "invalid characters in containerID",
      text: id,
    });
    expect(findNetworkNameFault(id)).toMatchObject({ code: "invalid_config", text: id });
  });

  it("case 2 and 3: nothing is no name", () => {
    expect(findContainerIdFault("")).toMatchObject({ code: "unknown_container", msg: "missing containerID" });
    expect(findNetworkNameFault("")).toMatchObject({ code: "invalid_config", msg: "missing network name:" });
    expect(findIfnameFault("")).toMatchObject({ code: "invalid_environment", msg: "interface name is empty" });
  });

  it("case 4: an interface name has at most 15 bytes", () => {
    expect(findIfnameFault("a".repeat(15))).toBeUndefined();
    expect(findIfnameFault("ééééééé1")).toBeUndefined();
    for (const long of ["a".repeat(16), "éééééééé"]) {
      expect(findIfnameFault(long)).toMatchObject({
        code: "invalid_environment",
        msg: "interface name is too long",
        text: "interface name should be less than 16 characters",
      });
    }
  });

  it("case 5: dots are names of folders", () => {
    expect(findIfnameFault(".")?.msg).toBe("interface name is . or ..");
    expect(findIfnameFault("..")?.msg).toBe("interface name is . or ..");
    expect(findIfnameFault("...")).toBeUndefined();
  });

  it.each(["a:b", "a b", "a/b", "a\u0085", "\u3000", "a\tb", "a\u200a"])("case 6: %j has a bad character", (ifname) => {
    expect(findIfnameFault(ifname)?.msg).toBe("interface name contains / or : or whitespace characters");
  });

  it("case 6: takes what Go does not count as space", () => {
    expect(findIfnameFault("a\ufeff")).toBeUndefined();
    expect(findIfnameFault("a\u200b")).toBeUndefined();
  });

  it("are validated together", () => {
    expect(validateAttachmentId({ containerId: "c1", ifname: "eth0" })).toEqual([]);
    expect(validateAttachmentId({ containerId: "", ifname: "a b" })).toEqual([
      { path: "/containerId", rule: "required", severity: "error", message: "missing containerID" },
      {
        path: "/ifname",
        rule: "format",
        severity: "error",
        message: "interface name contains / or : or whitespace characters",
      },
    ]);
  });
});
