import type { PluginDefinition } from "../internal/plugin-definition.js";
import { addressManagers, type DhcpConfig, type HostLocalConfig, type StaticConfig } from "./address-managers.js";
import { type BridgeConfig, bridge } from "./bridge.js";
import { type CalicoConfig, type CalicoIpamConfig, calicoPlugins } from "./calico.js";
import {
  type BandwidthConfig,
  chainedPlugins,
  type FirewallConfig,
  type PortmapConfig,
  type SbrConfig,
  type TuningConfig,
  type VrfConfig,
} from "./chained-plugins.js";
import { type MultusConfig, multiNetworkPlugins, type WhereaboutsConfig } from "./multi-network.js";
import {
  type CiliumConfig,
  type FlannelConfig,
  overlayPlugins,
  type WeaveConfig,
  type WeaveIpamConfig,
} from "./overlay-plugins.js";
import {
  type DummyConfig,
  type HostDeviceConfig,
  type LoopbackConfig,
  type PtpConfig,
  pointPlugins,
  type TapConfig,
} from "./point-plugins.js";
import { type IpvlanConfig, type MacvlanConfig, subInterfaces, type VlanConfig } from "./sub-interfaces.js";

/** The configuration type of each well-known plugin; for address managers, that of what stands in `ipam`. */
export interface PluginConfigs {
  readonly bridge: BridgeConfig;
  readonly ptp: PtpConfig;
  readonly dummy: DummyConfig;
  readonly loopback: LoopbackConfig;
  readonly tap: TapConfig;
  readonly "host-device": HostDeviceConfig;
  readonly macvlan: MacvlanConfig;
  readonly ipvlan: IpvlanConfig;
  readonly vlan: VlanConfig;
  readonly "host-local": HostLocalConfig;
  readonly static: StaticConfig;
  readonly dhcp: DhcpConfig;
  readonly portmap: PortmapConfig;
  readonly bandwidth: BandwidthConfig;
  readonly tuning: TuningConfig;
  readonly firewall: FirewallConfig;
  readonly sbr: SbrConfig;
  readonly vrf: VrfConfig;
  readonly calico: CalicoConfig;
  readonly "calico-ipam": CalicoIpamConfig;
  readonly "cilium-cni": CiliumConfig;
  readonly flannel: FlannelConfig;
  readonly "weave-net": WeaveConfig;
  readonly "weave-ipam": WeaveIpamConfig;
  readonly multus: MultusConfig;
  readonly whereabouts: WhereaboutsConfig;
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
