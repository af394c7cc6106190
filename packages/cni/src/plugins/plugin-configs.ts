import type { PluginDefinition } from "../internal/plugin-definition.js";
import type { IpamConfig, PluginConfig } from "../network-config.js";
import { addressManagers, type DhcpFields, type HostLocalFields, type StaticFields } from "./address-managers.js";
import { type BridgeFields, bridge } from "./bridge.js";
import { type CalicoFields, type CalicoIpamFields, calicoPlugins } from "./calico.js";
import {
  type BandwidthFields,
  chainedPlugins,
  type FirewallFields,
  type PortmapFields,
  type SbrFields,
  type TuningFields,
  type VrfFields,
} from "./chained-plugins.js";
import { type MultusFields, multiNetworkPlugins, type WhereaboutsFields } from "./multi-network.js";
import {
  type CiliumFields,
  type FlannelFields,
  overlayPlugins,
  type WeaveFields,
  type WeaveIpamFields,
} from "./overlay-plugins.js";
import { type HostDeviceFields, type PtpFields, pointPlugins, type TapFields } from "./point-plugins.js";
import { type IpvlanFields, type MacvlanFields, subInterfaces, type VlanFields } from "./sub-interfaces.js";

/** The configuration type of each well-known plugin; for address managers, that of what stands in `ipam`. */
export interface PluginConfigs {
  readonly bridge: PluginConfig & BridgeFields & { readonly type: "bridge" };
  readonly ptp: PluginConfig & PtpFields & { readonly type: "ptp" };
  readonly dummy: PluginConfig & Record<never, never> & { readonly type: "dummy" };
  readonly loopback: PluginConfig & Record<never, never> & { readonly type: "loopback" };
  readonly tap: PluginConfig & TapFields & { readonly type: "tap" };
  readonly "host-device": PluginConfig & HostDeviceFields & { readonly type: "host-device" };
  readonly macvlan: PluginConfig & MacvlanFields & { readonly type: "macvlan" };
  readonly ipvlan: PluginConfig & IpvlanFields & { readonly type: "ipvlan" };
  readonly vlan: PluginConfig & VlanFields & { readonly type: "vlan" };
  readonly "host-local": IpamConfig & HostLocalFields & { readonly type: "host-local" };
  readonly static: IpamConfig & Omit<StaticFields, "dns"> & { readonly type: "static" };
  readonly dhcp: IpamConfig & DhcpFields & { readonly type: "dhcp" };
  readonly portmap: PluginConfig & PortmapFields & { readonly type: "portmap" };
  readonly bandwidth: PluginConfig & BandwidthFields & { readonly type: "bandwidth" };
  readonly tuning: PluginConfig & TuningFields & { readonly type: "tuning" };
  readonly firewall: PluginConfig & FirewallFields & { readonly type: "firewall" };
  readonly sbr: PluginConfig & SbrFields & { readonly type: "sbr" };
  readonly vrf: PluginConfig & VrfFields & { readonly type: "vrf" };
  readonly calico: PluginConfig & CalicoFields & { readonly type: "calico" };
  readonly "calico-ipam": IpamConfig & CalicoIpamFields & { readonly type: "calico-ipam" };
  readonly "cilium-cni": PluginConfig & CiliumFields & { readonly type: "cilium-cni" };
  readonly flannel: PluginConfig & FlannelFields & { readonly type: "flannel" };
  readonly "weave-net": PluginConfig & WeaveFields & { readonly type: "weave-net" };
  readonly "weave-ipam": IpamConfig & WeaveIpamFields & { readonly type: "weave-ipam" };
  readonly multus: PluginConfig & MultusFields & { readonly type: "multus" };
  readonly whereabouts: IpamConfig & WhereaboutsFields & { readonly type: "whereabouts" };
}

const definitions: Readonly<Record<string, PluginDefinition>> = {
  bridge,
  ...pointPlugins,
  ...subInterfaces,
  ...addressManagers,
  ...chainedPlugins,
  ...calicoPlugins,
  ...overlayPlugins,
  ...multiNetworkPlugins,
};

/** What is known of a type; `undefined` for others, which are passed through. */
export function findDefinition(type: string): PluginDefinition | undefined {
  return Object.hasOwn(definitions, type) ? definitions[type] : undefined;
}

/** Types with a definition. */
export function listDefinitions(): readonly PluginDefinition[] {
  return Object.values(definitions);
}
