import { type NetworkConfigList, removePlugin, upsertPlugin } from "@netmason/cni";
import { describe, expect, it } from "vitest";

const list: NetworkConfigList = { name: "pods", note: "kept", plugins: [{ type: "calico" }, { type: "portmap" }] };
const typesOf = ({ plugins }: NetworkConfigList): readonly string[] => (plugins ?? []).map(({ type }) => type);

describe("the chain editor", () => {
  it.each([
    [undefined, ["calico", "portmap", "new"]],
    ["first", ["new", "calico", "portmap"]],
    ["last", ["calico", "portmap", "new"]],
    [{ before: "portmap" }, ["calico", "new", "portmap"]],
    [{ after: "calico" }, ["calico", "new", "portmap"]],
    [{ after: "portmap" }, ["calico", "portmap", "new"]],
  ] as const)("puts a plugin at %j", (position, types) => {
    const edited = upsertPlugin(list, { type: "new" }, position);
    expect(typesOf(edited)).toEqual(types);
    expect(edited.note).toBe("kept");
    expect(typesOf(list)).toEqual(["calico", "portmap"]);
  });

  it("replaces a plugin of the same type where it stands, also when the position is elsewhere", () => {
    const edited = upsertPlugin(list, { type: "calico", mtu: 1400 }, "last");
    expect(edited.plugins).toEqual([{ type: "calico", mtu: 1400 }, { type: "portmap" }]);
    expect(upsertPlugin(edited, { type: "calico", mtu: 1400 }, { after: "gone" })).toEqual(edited);
  });

  it("refuses a position that is not there", () => {
    expect(() => upsertPlugin(list, { type: "new" }, { before: "gone" })).toThrow(
      '[config_not_found] no plugin of type "gone"',
    );
  });

  it("takes out a type, and gives the same list when there is none", () => {
    expect(typesOf(removePlugin(list, "calico"))).toEqual(["portmap"]);
    expect(removePlugin(list, "gone")).toBe(list);
    expect(removePlugin({ name: "a" }, "gone")).toEqual({ name: "a" });
    expect(typesOf(upsertPlugin({ name: "a" }, { type: "new" }))).toEqual(["new"]);
  });
});
