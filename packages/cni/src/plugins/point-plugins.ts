import { macText } from "../internal/common-shapes.js";
import { definePlugin, type PluginDefinition } from "../internal/plugin-definition.js";
import { choice, field, flag, integer, text } from "../internal/shape.js";
import { oneOfThese } from "../internal/shape-rules.js";

/** Fields of the reference plugin `ptp`. */
export type PtpFields = {
  readonly ipMasq?: boolean;
  readonly ipMasqBackend?: "iptables" | "nftables";
  readonly mtu?: number;
};

const mtu = field(integer({ min: 0, max: 65_535 }), "Largest packet in bytes; 0 leaves it to the kernel.", {
  default: 0,
});

/** plugins/main/ptp */
const ptp = definePlugin<PtpFields>(
  "ptp",
  "interface",
  "A veth pair between container and host, with a host route for each address.",
  {
    ipMasq: field(flag, "Masquerades what leaves the network.", { default: false }),
    ipMasqBackend: field(choice("iptables", "nftables"), "How to masquerade; default: iptables where it is there."),
    mtu,
  },
  { ipam: "required" },
);

/** plugins/main/dummy */
const dummy = definePlugin<Record<never, never>>(
  "dummy",
  "interface",
  "An interface that drops what is sent.",
  {},
  { ipam: "required" },
);

/** plugins/main/loopback */
const loopback = definePlugin<Record<never, never>>(
  "loopback",
  "interface",
  "Brings up lo in the container.",
  {},
  {
    ipam: "none",
  },
);

/** Fields of the reference plugin `tap`. */
export type TapFields = {
  readonly multiQueue?: boolean;
  readonly mtu?: number;
  readonly mac?: string;
  readonly owner?: number;
  readonly group?: number;
  readonly selinuxContext?: string;
  readonly bridge?: string;
};

const MOST_UINT32 = 4_294_967_295;

/** plugins/main/tap */
const tap = definePlugin<TapFields>(
  "tap",
  "interface",
  "A tap device in the container, for virtual machines.",
  {
    multiQueue: field(flag, "Allows several queues.", { default: false }),
    mtu,
    mac: field(macText, "Address of the device."),
    owner: field(integer({ min: 0, max: MOST_UINT32 }), "User id that may open the device."),
    group: field(integer({ min: 0, max: MOST_UINT32 }), "Group id that may open the device."),
    selinuxContext: field(text, "SELinux context the device is made in."),
    bridge: field(text, "Bridge in the container that the device becomes a port of."),
  },
  { capabilities: ["mac"] },
);

/** Fields of the reference plugin `host-device`: one of the four names the device. */
export type HostDeviceFields = {
  readonly device?: string;
  readonly hwaddr?: string;
  readonly kernelpath?: string;
  readonly pciBusID?: string;
};

const named = oneOfThese("device", "hwaddr", "kernelpath", "pciBusID");

/** plugins/main/host-device */
const hostDevice = definePlugin<HostDeviceFields>(
  "host-device",
  "interface",
  "Moves a device of the host into the container.",
  {
    device: field(text, "Name of the interface."),
    hwaddr: field(macText, "MAC address of the interface."),
    kernelpath: field(text, "Path of the device under /sys/devices."),
    pciBusID: field(text, "Address on the PCI bus: 0000:00:1f.6."),
  },
  {
    capabilities: ["deviceID"],
    rules: [
      {
        check(value, report) {
          const { capabilities } = value;
          const given =
            typeof capabilities === "object" &&
            capabilities !== null &&
            "deviceID" in capabilities &&
            capabilities.deviceID === true;
          // The runtime may still name it.
          if (!given) named.check(value, report);
        },
        schema: {
          anyOf: [
            named.schema ?? {},
            {
              properties: { capabilities: { properties: { deviceID: { const: true } }, required: ["deviceID"] } },
              required: ["capabilities"],
            },
          ],
        },
      },
    ],
  },
);

export const pointPlugins: Readonly<Record<string, PluginDefinition>> = {
  ptp,
  dummy,
  loopback,
  tap,
  "host-device": hostDevice,
};
