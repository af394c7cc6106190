import { definePlugin, type PluginDefinition } from "../internal/plugin-definition.js";
import { choice, field, flag, integer, listOf, objectOf, text } from "../internal/shape.js";
import { notBoth } from "../internal/shape-rules.js";

/** VLANs a bridge port carries besides its own: a range of both ends, or one `id`. */
export type VlanTrunk = { readonly minID?: number; readonly maxID?: number; readonly id?: number };

/** Fields of the reference plugin `bridge`. */
export type BridgeFields = {
  readonly bridge?: string;
  readonly isGateway?: boolean;
  readonly isDefaultGateway?: boolean;
  readonly forceAddress?: boolean;
  readonly ipMasq?: boolean;
  readonly ipMasqBackend?: "iptables" | "nftables";
  readonly mtu?: number;
  readonly hairpinMode?: boolean;
  readonly promiscMode?: boolean;
  readonly vlan?: number;
  readonly vlanTrunk?: readonly VlanTrunk[];
  readonly preserveDefaultVlan?: boolean;
  readonly macspoofchk?: boolean;
  readonly enabledad?: boolean;
  readonly disableContainerInterface?: boolean;
  readonly portIsolation?: boolean;
};

const vlanId = integer({ min: 1, max: 4094 });

const trunk = objectOf<VlanTrunk>(
  {
    minID: field(vlanId, "First VLAN of a range; needs maxID."),
    maxID: field(vlanId, "Last VLAN of a range; needs minID."),
    id: field(vlanId, "One VLAN."),
  },
  [
    {
      check({ minID = null, maxID = null }, report) {
        if ((minID === null) !== (maxID === null)) {
          const missing = minID === null ? "minID" : "maxID";
          report("", "required", `minID and maxID go together, ${missing} is missing`);
        } else if (typeof minID === "number" && typeof maxID === "number" && maxID < minID) {
          report("maxID", "out_of_range", `must be at least minID, which is ${minID}`);
        }
      },
      schema: { dependentRequired: { minID: ["maxID"], maxID: ["minID"] } },
    },
  ],
);

/** plugins/main/bridge */
export const bridge: PluginDefinition = definePlugin<BridgeFields>(
  "bridge",
  "interface",
  "A veth pair into a bridge of the host, which is made when it is missing.",
  {
    bridge: field(text, "Name of the bridge.", { default: "cni0" }),
    isGateway: field(flag, "Gives the bridge the gateway's address.", { default: false }),
    isDefaultGateway: field(flag, "Makes it the container's default route too; implies isGateway.", { default: false }),
    forceAddress: field(flag, "Replaces another address on the bridge instead of failing.", { default: false }),
    ipMasq: field(flag, "Masquerades what leaves the network.", { default: false }),
    ipMasqBackend: field(choice("iptables", "nftables"), "How to masquerade; default: iptables where it is there."),
    mtu: field(integer({ min: 0, max: 65_535 }), "Largest packet in bytes; 0 leaves it to the kernel.", { default: 0 }),
    hairpinMode: field(flag, "Lets a container reach itself by its service address.", { default: false }),
    promiscMode: field(flag, "Puts the bridge into promiscuous mode.", { default: false }),
    vlan: field(integer({ min: 0, max: 4094 }), "VLAN of the port; 0 is none.", { default: 0 }),
    vlanTrunk: field(listOf(trunk), "Further VLANs of the port."),
    preserveDefaultVlan: field(flag, "Keeps the bridge's default VLAN on the port.", { default: false }),
    macspoofchk: field(flag, "Drops packets with another source address than the interface's own.", { default: false }),
    enabledad: field(flag, "Waits for duplicate address detection (IPv6).", { default: false }),
    disableContainerInterface: field(flag, "Leaves the container's interface down; not with ipam.", { default: false }),
    portIsolation: field(flag, "Keeps isolated ports from reaching each other.", { default: false }),
  },
  {
    capabilities: ["mac"],
    rules: [
      notBoth("hairpinMode", "promiscMode"),
      {
        check({ disableContainerInterface, ipam }, report) {
          const type = typeof ipam === "object" && ipam !== null && "type" in ipam ? ipam.type : "";
          if (disableContainerInterface === true && typeof type === "string" && type !== "") {
            report("disableContainerInterface", "conflict", "cannot be true with ipam");
          }
        },
        schema: {
          if: { properties: { disableContainerInterface: { const: true } }, required: ["disableContainerInterface"] },
          // biome-ignore lint/suspicious/noThenProperty: this is JSON Schema's word
          then: { properties: { ipam: { properties: { type: { enum: ["", null] } } } } },
        },
      },
    ],
  },
);
