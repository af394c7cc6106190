import { addressText, cidrText, routeShape } from "../internal/common-shapes.js";
import { defineIpam, definePlugin, type PluginDefinition } from "../internal/plugin-definition.js";
import { anyObject, field, flag, integer, listOf, text } from "../internal/shape.js";
import { rule } from "../internal/shape-rules.js";
import type { JsonObject } from "../json-value.js";
import type { Route } from "../result-parts.js";

/** Fields of `cilium-cni`. */
export type CiliumFields = {
  readonly mtu?: number;
  readonly "enable-route-mtu"?: boolean;
  readonly "enable-debug"?: boolean;
  readonly "log-format"?: string;
  readonly "log-file"?: string;
  readonly "chaining-mode"?: string;
  readonly eni?: JsonObject;
  readonly azure?: JsonObject;
  readonly "alibaba-cloud"?: JsonObject;
};

/** cilium/cilium, plugins/cilium-cni/types */
const cilium = definePlugin<CiliumFields>("cilium-cni", "interface", "Attaches a container to the Cilium agent.", {
  mtu: field(integer(), "Largest packet in bytes; 0 takes the agent's.", { default: 0 }),
  "enable-route-mtu": field(flag, "Sets the MTU on routes instead of the interface."),
  "enable-debug": field(flag, "Logs more."),
  "log-format": field(text, "Format of the log."),
  "log-file": field(text, "Where to log."),
  "chaining-mode": field(text, "Which plugin it is chained behind: aws-cni, generic-veth, portmap …"),
  eni: field(anyObject, "Settings for AWS."),
  azure: field(anyObject, "Settings for Azure."),
  "alibaba-cloud": field(anyObject, "Settings for Alibaba Cloud."),
});

/** Fields of `flannel`. */
export type FlannelFields = {
  readonly subnetFile?: string;
  readonly dataDir?: string;
  readonly delegate?: JsonObject;
};

/** flannel-io/cni-plugin */
const flannel = definePlugin<FlannelFields>(
  "flannel",
  "interface",
  "Reads the subnet flannel has for this host and calls another plugin with it.",
  {
    subnetFile: field(text, "Where flannel writes the subnet.", { default: "/run/flannel/subnet.env" }),
    dataDir: field(text, "Where the other plugin's configuration is kept for DEL.", {
      default: "/var/lib/cni/flannel",
    }),
    delegate: field(anyObject, "Configuration of the other plugin; its type is bridge unless it says another."),
  },
  {
    rules: [
      rule(({ delegate }, report) => {
        if (typeof delegate !== "object" || delegate === null) return;
        const { name, ipam, type } = delegate as JsonObject;
        if (name !== undefined)
          report("delegate", "conflict", "'delegate' dictionary must not have 'name' field, it'll be set by flannel");
        if (type !== undefined && typeof type !== "string")
          report("delegate", "wrong_type", "'delegate' dictionary, if present, must have (string) 'type' field");
        if (ipam !== undefined)
          report("delegate", "conflict", "'delegate' dictionary must not have 'ipam' field, it'll be set by flannel");
      }),
    ],
  },
);

/** Fields of `weave-net`. */
export type WeaveFields = {
  readonly bridge?: string;
  readonly mtu?: number;
  readonly hairpinMode?: boolean;
  readonly isGateway?: boolean;
  readonly ipMasq?: boolean;
};

/** weaveworks/weave, plugin/net */
const weave = definePlugin<WeaveFields>(
  "weave-net",
  "interface",
  "Attaches a container to Weave's bridge. Without ipam.type Weave gives the address.",
  {
    bridge: field(text, "Name of the bridge.", { default: "weave" }),
    mtu: field(integer({ min: 0 }), "Largest packet in bytes; 0 takes WEAVE_MTU.", { default: 0 }),
    hairpinMode: field(flag, "Lets a container reach itself by its service address.", { default: false }),
    isGateway: field(flag, "Must not be true.", { default: false }),
    ipMasq: field(flag, "Must not be true.", { default: false }),
  },
  {
    rules: (["isGateway", "ipMasq"] as const).map((key) => ({
      check: (value, report) => {
        if (value[key] === true) report(key, "conflict", `weave-net refuses ${key}`);
      },
      schema: { properties: { [key]: { not: { const: true } } } },
    })),
  },
);

/** Fields of `ipam` for `weave-ipam`. */
export type WeaveIpamFields = {
  readonly subnet?: string;
  readonly gateway?: string;
  readonly routes?: readonly Route[];
};

const weaveIpam = defineIpam<WeaveIpamFields>("weave-ipam", "Gives out addresses of Weave's ring.", {
  subnet: field(cidrText, "Part of Weave's range to take from."),
  gateway: field(addressText, "Gateway for the result."),
  routes: field(listOf(routeShape), "Routes for the result."),
});

export const overlayPlugins: Readonly<Record<string, PluginDefinition>> = {
  "cilium-cni": cilium,
  flannel,
  "weave-net": weave,
  "weave-ipam": weaveIpam,
};
