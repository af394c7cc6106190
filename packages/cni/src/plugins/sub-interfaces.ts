import { macText } from "../internal/common-shapes.js";
import { definePlugin, type PluginDefinition } from "../internal/plugin-definition.js";
import { choice, field, flag, integer, text } from "../internal/shape.js";

/** Fields of the reference plugin `macvlan`. */
export type MacvlanFields = {
  readonly master?: string;
  readonly mode?: "" | "bridge" | "private" | "vepa" | "passthru";
  readonly mtu?: number;
  readonly mac?: string;
  readonly linkInContainer?: boolean;
  readonly bcqueuelen?: number;
};

const mtu = field(integer({ min: 0, max: 65_535 }), "Largest packet in bytes, at most the master's; 0 takes that.", {
  default: 0,
});
const master = field(text, "Interface it is made on; default: that of the default route.");
const linkInContainer = field(flag, "Looks for the master in the container.", { default: false });

/** plugins/main/macvlan */
const macvlan = definePlugin<MacvlanFields>(
  "macvlan",
  "interface",
  "An interface with a MAC address of its own on one of the host.",
  {
    master,
    mode: field(choice("", "bridge", "private", "vepa", "passthru"), "How siblings reach each other.", {
      default: "bridge",
    }),
    mtu,
    mac: field(macText, "Address of the interface."),
    linkInContainer,
    bcqueuelen: field(integer({ min: 0, max: 4_294_967_295 }), "Length of the queue for broadcasts."),
  },
  { capabilities: ["mac"] },
);

/** Fields of the reference plugin `ipvlan`. */
export type IpvlanFields = {
  readonly master?: string;
  readonly mode?: "" | "l2" | "l3" | "l3s";
  readonly mtu?: number;
  readonly linkInContainer?: boolean;
};

/** plugins/main/ipvlan */
const ipvlan = definePlugin<IpvlanFields>(
  "ipvlan",
  "interface",
  "An interface that shares the MAC address of one of the host.",
  {
    master: field(text, "Interface it is made on; default: the one of the plugin before, or of the default route."),
    mode: field(choice("", "l2", "l3", "l3s"), "On which layer packets are passed on.", { default: "l2" }),
    mtu,
    linkInContainer,
  },
);

/** Fields of the reference plugin `vlan`. */
export type VlanFields = {
  readonly master: string;
  readonly vlanId?: number;
  readonly mtu?: number;
  readonly linkInContainer?: boolean;
};

/** plugins/main/vlan */
const vlan = definePlugin<VlanFields>("vlan", "interface", "An interface for one VLAN of one of the host.", {
  master: field(text, "Interface it is made on.", { required: true }),
  vlanId: field(integer({ min: 0, max: 4094 }), "Number of the VLAN.", { default: 0 }),
  mtu,
  linkInContainer,
});

export const subInterfaces: Readonly<Record<string, PluginDefinition>> = { macvlan, ipvlan, vlan };
