import { addressText, cidrText, dnsShape, routeShape } from "../internal/common-shapes.js";
import { defineIpam, type PluginDefinition } from "../internal/plugin-definition.js";
import { choice, either, field, flag, integer, listOf, objectOf, text } from "../internal/shape.js";
import { oneOfThese } from "../internal/shape-rules.js";
import type { Dns, Route } from "../result-parts.js";

/** Addresses of one subnet that host-local may give out; ends are inclusive. */
export type HostLocalRange = {
  readonly subnet: string;
  readonly rangeStart?: string;
  readonly rangeEnd?: string;
  readonly gateway?: string;
};

/** Fields of `ipam` for the reference plugin `host-local`: `subnet` or `ranges`. */
export type HostLocalFields = {
  readonly subnet?: string;
  readonly rangeStart?: string;
  readonly rangeEnd?: string;
  readonly gateway?: string;
  readonly ranges?: readonly (readonly HostLocalRange[])[];
  readonly routes?: readonly Route[];
  readonly dataDir?: string;
  readonly resolvConf?: string;
};

const rangeStart = field(addressText, "First address that may be given out; default: the one behind the network's.");
const rangeEnd = field(addressText, "Last address that may be given out; default: the last of the subnet.");
const gateway = field(addressText, "Never given out; default: the first address of the subnet.");
const range = objectOf<HostLocalRange>({
  subnet: field(cidrText, "The network, without host bits.", { required: true }),
  rangeStart,
  rangeEnd,
  gateway,
});

/** plugins/ipam/host-local */
const hostLocal = defineIpam<HostLocalFields>(
  "host-local",
  "Gives out addresses of ranges, with files on this host.",
  {
    // Calico writes a word that it replaces before host-local sees it.
    subnet: field(either(cidrText, choice("usePodCidr", "usePodCidrIPv6")), "The network, without host bits."),
    rangeStart,
    rangeEnd,
    gateway,
    ranges: field(listOf(listOf(range, { min: 1 })), "Sets of ranges: one address is taken of each set."),
    routes: field(listOf(routeShape), "Routes for the result."),
    dataDir: field(text, "Where the files are.", { default: "/var/lib/cni/networks" }),
    resolvConf: field(text, "A file to read resolver settings for the result from."),
  },
  { capabilities: ["ipRanges", "ips"], rules: [oneOfThese("subnet", "ranges")] },
);

/** An address that `static` gives, with its prefix length. */
export type StaticAddress = { readonly address: string; readonly gateway?: string };

/** Fields of `ipam` for the reference plugin `static`. */
export type StaticFields = {
  readonly addresses?: readonly StaticAddress[];
  readonly routes?: readonly Route[];
  readonly dns?: Dns;
};

/** plugins/ipam/static */
const staticIpam = defineIpam<StaticFields>(
  "static",
  "Gives the addresses that are written.",
  {
    addresses: field(
      listOf(
        objectOf<StaticAddress>({
          address: field(cidrText, "Address with its prefix length.", { required: true }),
          gateway: field(addressText, "Gateway of the address."),
        }),
      ),
      "What to give; CNI_ARGS add to it, arguments of the runtime replace it.",
    ),
    routes: field(listOf(routeShape), "Routes for the result."),
    dns: field(dnsShape, "Resolver settings for the result."),
  },
  { capabilities: ["ips"] },
);

/** An option that `dhcp` sends: a name or a number, with a value or the argument to take it from. */
export type DhcpProvide = { readonly option: string; readonly value?: string; readonly fromArg?: string };

/** An option that `dhcp` asks for. */
export type DhcpRequest = { readonly option?: string; readonly skipDefault?: boolean };

/** Fields of `ipam` for the reference plugin `dhcp`, which asks its daemon. */
export type DhcpFields = {
  readonly daemonSocketPath?: string;
  readonly provide?: readonly DhcpProvide[];
  readonly request?: readonly DhcpRequest[];
  readonly priority?: number;
};

/** plugins/ipam/dhcp */
const dhcp = defineIpam<DhcpFields>("dhcp", "Takes a lease of a DHCP server, through the daemon on this host.", {
  daemonSocketPath: field(text, "Socket of the daemon.", { default: "/run/cni/dhcp.sock" }),
  provide: field(
    listOf(
      objectOf<DhcpProvide>({
        option: field(text, "Name or number of the option.", { required: true }),
        value: field(text, "Its value."),
        fromArg: field(text, "The name in CNI_ARGS that has its value."),
      }),
    ),
    "Options to send.",
  ),
  request: field(
    listOf(
      objectOf<DhcpRequest>({
        option: field(text, "Name or number of the option."),
        skipDefault: field(flag, "Leaves out the default of this name.", { default: false }),
      }),
    ),
    "Options to ask for.",
  ),
  priority: field(integer(), "Metric of the routes."),
});

export const addressManagers: Readonly<Record<string, PluginDefinition>> = {
  "host-local": hostLocal,
  static: staticIpam,
  dhcp,
};
