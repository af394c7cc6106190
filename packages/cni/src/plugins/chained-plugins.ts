import { addressText, macText } from "../internal/common-shapes.js";
import { definePlugin, type PluginDefinition } from "../internal/plugin-definition.js";
import { choice, field, flag, integer, listOf, mapOf, text } from "../internal/shape.js";
import { notTogether, rule, together } from "../internal/shape-rules.js";

/** Fields of the reference plugin `portmap`. */
export type PortmapFields = {
  readonly backend?: "iptables" | "nftables";
  readonly snat?: boolean;
  readonly conditionsV4?: readonly string[];
  readonly conditionsV6?: readonly string[];
  readonly masqAll?: boolean;
  readonly markMasqBit?: number;
  readonly externalSetMarkChain?: string;
};

/** plugins/meta/portmap */
const portmap = definePlugin<PortmapFields>(
  "portmap",
  "chained",
  "Maps ports of the host to ports of the container.",
  {
    backend: field(choice("iptables", "nftables"), "How to map; default: iptables where it is there."),
    snat: field(flag, "Masquerades what comes from the host itself and back from the container.", { default: true }),
    conditionsV4: field(listOf(text), "Further match arguments for IPv4."),
    conditionsV6: field(listOf(text), "Further match arguments for IPv6."),
    masqAll: field(flag, "Masquerades everything that is mapped.", { default: false }),
    markMasqBit: field(integer({ min: 0, max: 31 }), "Bit of the mark for what is masqueraded.", { default: 13 }),
    externalSetMarkChain: field(text, "A chain of others that sets the mark; not with markMasqBit."),
  },
  {
    ipam: "none",
    needsPrevResult: true,
    capabilities: ["portMappings"],
    rules: [notTogether("markMasqBit", "externalSetMarkChain")],
  },
);

/** Fields of the reference plugin `bandwidth`: bits a second and bits. */
export type BandwidthFields = {
  readonly ingressRate?: number;
  readonly ingressBurst?: number;
  readonly egressRate?: number;
  readonly egressBurst?: number;
};

const rate = integer({ min: 0 });
/** Its eighth must stay under 2^32 - 1. */
const burst = integer({ min: 0, max: 34_359_738_359 });

/** plugins/meta/bandwidth */
const bandwidth = definePlugin<BandwidthFields>(
  "bandwidth",
  "chained",
  "Limits what goes in and out of the container.",
  {
    ingressRate: field(rate, "Bits a second into the container; needs ingressBurst."),
    ingressBurst: field(burst, "Bits that may come at once; needs ingressRate."),
    egressRate: field(rate, "Bits a second out of the container; needs egressBurst."),
    egressBurst: field(burst, "Bits that may leave at once; needs egressRate."),
  },
  {
    ipam: "none",
    needsPrevResult: true,
    capabilities: ["bandwidth"],
    oldest: "0.3.0",
    rules: [together("ingressRate", "ingressBurst"), together("egressRate", "egressBurst")],
  },
);

/** Fields of the reference plugin `tuning`. */
export type TuningFields = {
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly mac?: string;
  readonly mtu?: number;
  readonly promisc?: boolean;
  readonly allmulti?: boolean;
  readonly txQLen?: number;
  readonly dataDir?: string;
};

/** plugins/meta/tuning */
const tuning = definePlugin<TuningFields>(
  "tuning",
  "chained",
  "Sets system controls and properties of the container's interface.",
  {
    sysctl: field(
      mapOf(text),
      "Controls under net, `IFNAME` stands for the interface: net.ipv4.conf.IFNAME.arp_filter.",
    ),
    mac: field(macText, "Address of the interface."),
    mtu: field(integer({ min: 0 }), "Largest packet in bytes; 0 leaves it.", { default: 0 }),
    promisc: field(flag, "Promiscuous mode.", { default: false }),
    allmulti: field(flag, "Takes all multicast packets."),
    txQLen: field(integer({ min: 0 }), "Length of the queue for sending, in packets."),
    dataDir: field(text, "Where old values are kept for DEL.", { default: "/run/cni/tuning" }),
  },
  { ipam: "none", needsPrevResult: true, capabilities: ["mac"] },
);

/** Fields of the reference plugin `firewall`. */
export type FirewallFields = {
  readonly backend?: string;
  readonly iptablesAdminChainName?: string;
  readonly firewalldZone?: string;
  readonly ingressPolicy?: "" | "open" | "same-bridge" | "isolated";
};

/** plugins/meta/firewall */
const firewall = definePlugin<FirewallFields>(
  "firewall",
  "chained",
  "Lets the container's traffic through the host's firewall.",
  {
    backend: field(text, "iptables or firewalld; anything else: firewalld where it runs, or else iptables."),
    iptablesAdminChainName: field(text, "Chain with rules of the administrator.", { default: "CNI-ADMIN" }),
    firewalldZone: field(text, "Zone the addresses go to.", { default: "trusted" }),
    ingressPolicy: field(choice("", "open", "same-bridge", "isolated"), "Who may reach the container.", {
      default: "open",
    }),
  },
  { ipam: "none", needsPrevResult: true, oldest: "0.4.0" },
);

/** Fields of the reference plugin `sbr`. */
export type SbrFields = {
  readonly table?: number;
  readonly gateways?: readonly string[];
  readonly addSourceHints?: boolean;
};

/** plugins/meta/sbr */
const sbr = definePlugin<SbrFields>(
  "sbr",
  "chained",
  "Routes by source address: a table of its own for the interface.",
  {
    table: field(integer({ min: 0 }), "The table; default: a free one from 100 up."),
    gateways: field(listOf(addressText, { max: 2 }), "Gateways instead of those in the result, at most one a family."),
    addSourceHints: field(flag, "Adds the source address to the subnet's routes.", { default: false }),
  },
  {
    ipam: "none",
    needsPrevResult: true,
    rules: [
      rule(({ gateways }, report) => {
        if (!Array.isArray(gateways)) return;
        const written = gateways.filter((each) => typeof each === "string");
        const v6 = written.filter((each) => each.includes(":"));
        for (const family of [v6, written.filter((each) => !v6.includes(each))]) {
          if (family.length > 1)
            report("gateways", "conflict", `must have one of each family, not ${family.join(", ")}`);
        }
      }),
    ],
  },
);

/** Fields of the reference plugin `vrf`. */
export type VrfFields = { readonly vrfname: string; readonly table?: number };

/** plugins/meta/vrf */
const vrf = definePlugin<VrfFields>(
  "vrf",
  "chained",
  "Puts the interface into a VRF, which is made when it is missing.",
  {
    vrfname: field(text, "Name of the VRF.", { required: true }),
    table: field(integer({ min: 0, max: 4_294_967_295 }), "Routing table of the VRF; default: a free one."),
  },
  { ipam: "none", needsPrevResult: true, oldest: "0.3.1" },
);

export const chainedPlugins: Readonly<Record<string, PluginDefinition>> = {
  portmap,
  bandwidth,
  tuning,
  firewall,
  sbr,
  vrf,
};
