import type { IssueRule, JsonObject, PluginConfigs } from "@netmason/cni";

/**
 * What one field is changed to, and the rule this breaks. What is proven of it: of reference plugins,
 * `e2e/plugin-definitions.test.ts` gives each to the plugin itself, release 1.9.1, which refuses it. Of the others no test
 * runs the plugin: the mutations are read off the source that the example names, where each breaks the Go type of a field
 * or a check that is written out there.
 */
export interface Mutation {
  readonly change: JsonObject;
  readonly rule: IssueRule;
  /** Told by code alone: a JSON Schema cannot compare two values. */
  readonly inCode?: boolean;
  /** Of a field that the newest release does not have yet: read off the source, not run. */
  readonly unreleased?: boolean;
  /** Refused by us alone: the plugin bears it in silence. */
  readonly isSilent?: boolean;
}

/** A right configuration of a plugin, and wrong ones that differ in one field. */
export interface PluginExample {
  readonly type: keyof PluginConfigs;
  /** A plugin's configuration; for an address manager what stands in `ipam`. */
  readonly config: JsonObject;
  readonly mutations: readonly Mutation[];
  /** Of the project's own plugins, so that they can be run. */
  readonly isReference?: boolean;
  /** Of the others: where their fields' types and checks stand. */
  readonly source?: string;
}

const HOST_LOCAL: JsonObject = { type: "host-local", subnet: "10.22.0.0/16" };

const wrong = (rule: IssueRule, ...changes: readonly JsonObject[]): readonly Mutation[] =>
  changes.map((change) => ({ change, rule }));

const wrongInCode = (rule: IssueRule, ...changes: readonly JsonObject[]): readonly Mutation[] =>
  changes.map((change) => ({ change, rule, inCode: true }));

const wrongInSilence = (rule: IssueRule, change: JsonObject): Mutation => ({ change, rule, isSilent: true });

/**
 * What libcni's own type of a plugin's configuration does not take (pkg/types PluginConf), so that a runtime in Go refuses
 * it before the plugin is called, also of one that does not read these fields itself.
 */
const COMMON: readonly Mutation[] = wrong(
  "wrong_type",
  { dns: "10.0.0.53" },
  { capabilities: { mac: "yes" } },
  { prevResult: [] },
);

/** Those of the project containernetworking/plugins; values are those of its documentation in kind, not in letter. */
const REFERENCE: readonly PluginExample[] = [
  {
    type: "bridge",
    config: {
      type: "bridge",
      bridge: "mynet0",
      isDefaultGateway: true,
      forceAddress: false,
      ipMasq: true,
      hairpinMode: true,
      vlan: 100,
      vlanTrunk: [{ id: 101 }, { minID: 200, maxID: 299 }],
      ipam: HOST_LOCAL,
    },
    mutations: [
      ...wrong("out_of_range", { vlan: 4095 }, { vlan: -1 }, { vlanTrunk: [{ id: 0 }] }),
      ...wrong("wrong_type", { isGateway: "true" }, { mtu: "1500" }, { bridge: 5 }, { vlanTrunk: {} }),
      ...wrongInCode("out_of_range", { vlanTrunk: [{ minID: 9, maxID: 8 }] }),
      ...wrong("required", { vlanTrunk: [{ minID: 9 }] }),
      ...wrong("conflict", { promiscMode: true }, { disableContainerInterface: true }),
      ...COMMON,
    ],
  },
  {
    type: "ptp",
    config: { type: "ptp", ipMasq: true, mtu: 1450, ipam: HOST_LOCAL, dns: { nameservers: ["10.1.1.1", "8.8.8.8"] } },
    mutations: [
      ...wrong("wrong_type", { ipMasq: 1 }, { mtu: 1.5 }, { ipMasqBackend: false }),
      ...wrong("required", { ipam: {} }),
      ...COMMON,
    ],
  },
  {
    type: "dummy",
    config: { type: "dummy", ipam: HOST_LOCAL },
    mutations: [...wrong("required", { ipam: { type: "" } }), ...COMMON],
  },
  { type: "loopback", config: { type: "loopback" }, mutations: COMMON },
  {
    type: "tap",
    config: {
      type: "tap",
      mac: "00:11:22:33:44:51",
      mtu: 1500,
      multiQueue: true,
      owner: 0,
      group: 0,
      selinuxContext: "",
    },
    mutations: [
      ...wrong("out_of_range", { owner: -1 }, { group: 4_294_967_296 }),
      ...wrong("wrong_type", { multiQueue: "yes" }, { mtu: "x" }),
      ...wrong("format", { mac: "00:11:22" }),
      ...COMMON,
    ],
  },
  {
    type: "host-device",
    config: { type: "host-device", device: "enp0s1" },
    mutations: [
      ...wrong("required", { device: "" }),
      ...wrong("wrong_type", { device: 5 }, { pciBusID: {} }, { hwaddr: 1 }),
      ...COMMON,
    ],
  },
  {
    type: "macvlan",
    config: { type: "macvlan", master: "lo", mode: "bridge", mtu: 1500, ipam: HOST_LOCAL },
    mutations: [
      ...wrong("out_of_range", { mtu: -1 }, { bcqueuelen: -1 }),
      ...wrong("enum", { mode: "bridged" }),
      ...wrong("wrong_type", { master: 0 }, { linkInContainer: "no" }),
      ...COMMON,
    ],
  },
  {
    type: "ipvlan",
    config: { type: "ipvlan", master: "lo", mode: "l3s", mtu: 1500, ipam: HOST_LOCAL },
    mutations: [
      ...wrong("enum", { mode: "l4" }),
      ...wrong("wrong_type", { master: true }, { mtu: "1500" }, { linkInContainer: 1 }),
      ...COMMON,
    ],
  },
  {
    type: "vlan",
    config: { type: "vlan", master: "lo", vlanId: 5, mtu: 1500, ipam: HOST_LOCAL },
    mutations: [
      ...wrong("required", { master: "" }, { master: undefined }),
      ...wrong("out_of_range", { vlanId: 4095 }, { vlanId: -1 }, { mtu: -1 }),
      ...wrong("wrong_type", { vlanId: "5" }),
      ...COMMON,
    ],
  },
  {
    type: "host-local",
    config: {
      type: "host-local",
      ranges: [
        [{ subnet: "10.10.0.0/16", rangeStart: "10.10.1.20", rangeEnd: "10.10.3.50", gateway: "10.10.0.254" }],
        [{ subnet: "3ffe:ffff:0:01ff::/64", rangeStart: "3ffe:ffff:0:01ff::0010", rangeEnd: "3ffe:ffff:0:01ff::0020" }],
      ],
      routes: [{ dst: "0.0.0.0/0" }, { dst: "192.168.0.0/16", gw: "10.10.5.1" }, { dst: "3ffe:ffff:0:01ff::1/64" }],
      dataDir: "/run/my-orchestrator/container-ipam-state",
    },
    mutations: [
      ...wrong("required", { ranges: [] }, { ranges: [[{}]] }),
      ...wrong("out_of_range", { ranges: [[]] }),
      ...wrong(
        "format",
        { ranges: [[{ subnet: "10.10.0.0" }]] },
        { routes: [{ dst: "0.0.0.0" }] },
        { routes: [{ dst: "0.0.0.0/0", gw: "x" }] },
      ),
      ...wrong("format", { ranges: [[{ subnet: "10.10.0.0/16", rangeStart: "10.10.1" }]] }),
      ...wrong("wrong_type", { dataDir: 5 }, { ranges: {} }),
    ],
  },
  {
    type: "static",
    config: {
      type: "static",
      addresses: [
        { address: "10.10.0.1/24", gateway: "10.10.0.254" },
        { address: "3ffe:ffff:0:01ff::1/64", gateway: "3ffe:ffff:0::1" },
      ],
      routes: [{ dst: "0.0.0.0/0" }, { dst: "192.168.0.0/16", gw: "10.10.5.1" }],
      dns: { nameservers: ["8.8.8.8"], domain: "example.com", search: ["example.com"] },
    },
    mutations: [
      ...wrong(
        "format",
        { addresses: [{ address: "10.10.0.1" }] },
        { addresses: [{ address: "10.10.0.1/24", gateway: "g" }] },
      ),
      ...wrong("required", { addresses: [{}] }),
      ...wrong("wrong_type", { addresses: {} }, { routes: "0.0.0.0/0" }, { dns: [] }),
    ],
  },
  {
    type: "dhcp",
    config: {
      type: "dhcp",
      daemonSocketPath: "/run/cni/dhcp.sock",
      request: [{ skipDefault: false }],
      provide: [{ option: "host-name", fromArg: "K8S_POD_NAME" }],
      priority: 10,
    },
    mutations: wrong(
      "wrong_type",
      { daemonSocketPath: 1 },
      { request: {} },
      { provide: [{ option: 12 }] },
      { priority: "10" },
      { request: [{ skipDefault: "no" }] },
    ),
  },
  {
    type: "portmap",
    config: {
      type: "portmap",
      capabilities: { portMappings: true },
      snat: true,
      markMasqBit: 13,
      conditionsV4: ["!", "-d", "192.0.2.0/24"],
      conditionsV6: ["!", "-d", "fc00::/7"],
    },
    mutations: [
      ...wrong("out_of_range", { markMasqBit: 32 }, { markMasqBit: -1 }),
      ...wrong("conflict", { externalSetMarkChain: "KUBE-MARK-MASQ" }),
      ...wrong("enum", { backend: "ipfw" }),
      ...wrong("wrong_type", { snat: "yes" }, { conditionsV4: "x" }, { masqAll: 1 }),
      ...COMMON,
    ],
  },
  {
    type: "bandwidth",
    config: {
      type: "bandwidth",
      ingressRate: 123,
      ingressBurst: 456,
      egressRate: 123,
      egressBurst: 456,
      capabilities: { bandwidth: true },
    },
    mutations: [
      ...wrong("required", { ingressBurst: 0 }, { egressRate: undefined }),
      ...wrong("out_of_range", { ingressRate: -1 }, { egressBurst: 34_359_738_360 }),
      ...wrong("wrong_type", { ingressRate: "1M" }),
      ...COMMON,
    ],
  },
  {
    type: "tuning",
    config: {
      type: "tuning",
      sysctl: { "net.core.somaxconn": "500" },
      mac: "c2:b0:57:49:47:f1",
      mtu: 1454,
      promisc: true,
      allmulti: true,
      txQLen: 1000,
    },
    mutations: [
      ...wrong(
        "wrong_type",
        { sysctl: { "net.core.somaxconn": 500 } },
        { sysctl: [] },
        { mtu: "1454" },
        { promisc: "on" },
        { allmulti: 1 },
        { txQLen: "x" },
      ),
      ...COMMON,
    ],
  },
  {
    type: "firewall",
    config: {
      type: "firewall",
      backend: "iptables",
      iptablesAdminChainName: "CNI-ADMIN",
      ingressPolicy: "same-bridge",
    },
    mutations: [
      ...wrong("enum", { ingressPolicy: "closed" }),
      ...wrong("wrong_type", { firewalldZone: 1 }, { backend: 1 }),
      ...COMMON,
    ],
  },
  {
    type: "sbr",
    config: { type: "sbr", table: 100, gateways: ["10.0.0.1", "fd00::1"] },
    mutations: [
      ...[
        ...wrong("out_of_range", { gateways: ["10.0.0.1", "fd00::1", "10.0.0.2"] }),
        ...wrong("format", { gateways: ["10.0.0"] }),
        ...wrong("wrong_type", { addSourceHints: "x" }),
        ...wrongInCode("conflict", { gateways: ["10.0.0.1", "10.0.0.2"] }),
      ].map((mutation) => ({ ...mutation, unreleased: true })),
      ...wrong("wrong_type", { table: "100" }),
      ...COMMON,
    ],
  },
  {
    type: "vrf",
    config: { type: "vrf", vrfname: "blue", table: 1001 },
    mutations: [
      ...wrong("required", { vrfname: "" }, { vrfname: undefined }),
      ...wrong("out_of_range", { table: -1 }),
      ...wrong("wrong_type", { vrfname: 5 }),
      ...COMMON,
    ],
  },
];

const OTHERS: readonly PluginExample[] = [
  {
    type: "calico",
    source:
      "projectcalico/calico: cni-plugin/pkg/types/types.go NetConf; values of datastore_type and device_type as documented; an empty ipam.type finds no plugin",
    config: {
      type: "calico",
      log_level: "info",
      log_file_path: "/var/log/calico/cni/cni.log",
      datastore_type: "kubernetes",
      nodename: "node-1",
      mtu: 0,
      ipam: { type: "calico-ipam", assign_ipv4: "true", ipv4_pools: ["10.0.0.0/24", "pool-2"] },
      container_settings: { allow_ip_forwarding: false },
      policy: { type: "k8s" },
      kubernetes: { kubeconfig: "/etc/cni/net.d/calico-kubeconfig" },
    },
    mutations: [
      ...wrong("enum", { datastore_type: "etcd" }, { device_type: "tap" }),
      ...wrong(
        "wrong_type",
        { mtu: "1440" },
        { nodename_file_optional: "yes" },
        { policy: "k8s" },
        { kubernetes: [] },
        { num_queues: 1.5 },
      ),
      ...wrong("required", { ipam: undefined }),
      ...COMMON,
    ],
  },
  {
    type: "calico-ipam",
    source:
      "projectcalico/calico: cni-plugin/pkg/types/types.go NetConf.IPAM; words as compared in pkg/ipamplugin/ipam_plugin.go",
    config: {
      type: "calico-ipam",
      assign_ipv4: "true",
      assign_ipv6: "false",
      ipv4_pools: ["default-ipv4-ippool"],
      ipv6_pools: ["2001:db8::1/120"],
    },
    mutations: [
      ...wrong("wrong_type", { assign_ipv4: true }, { ipv4_pools: "10.0.0.0/24" }, { ipv6_pools: [5] }),
      wrongInSilence("enum", { assign_ipv6: "yes" }),
    ],
  },
  {
    type: "cilium-cni",
    source: "cilium/cilium: plugins/cilium-cni/types/types.go NetConf",
    config: {
      type: "cilium-cni",
      "enable-debug": true,
      "log-file": "/var/run/cilium/cilium-cni.log",
      eni: { "subnet-ids": ["subnet-0"] },
    },
    mutations: [
      ...wrong("wrong_type", { mtu: "1500" }, { "enable-debug": "true" }, { eni: "x" }, { "log-file": 5 }),
      ...COMMON,
    ],
  },
  {
    type: "flannel",
    source: "flannel-io/cni-plugin: flannel.go NetConf, cmdAdd",
    config: { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
    mutations: [
      ...wrongInCode("conflict", { delegate: { name: "x" } }, { delegate: { ipam: {} } }),
      ...wrongInCode("wrong_type", { delegate: { type: 5 } }),
      ...wrong("wrong_type", { delegate: [] }, { subnetFile: 5 }),
      ...COMMON,
    ],
  },
  {
    type: "weave-net",
    source: "weaveworks/weave: plugin/net/cni.go NetConf, CmdAdd",
    config: { type: "weave-net", hairpinMode: true, ipam: {} },
    mutations: [
      ...wrong("conflict", { isGateway: true }, { ipMasq: true }),
      ...wrong("wrong_type", { mtu: "1376" }, { hairpinMode: "no" }),
      ...COMMON,
    ],
  },
  {
    type: "weave-ipam",
    source: "weaveworks/weave: plugin/ipam/cni.go ipamConf, Allocate",
    config: { type: "weave-ipam", subnet: "10.32.1.0/24", gateway: "10.32.0.1", routes: [{ dst: "10.32.0.0/12" }] },
    mutations: [
      ...wrong("format", { subnet: "10.32.1.0" }, { gateway: "x" }),
      ...wrong("wrong_type", { routes: {} }),
      wrongInSilence("required", { routes: [{}] }),
    ],
  },
  {
    type: "multus",
    source: "k8snetworkplumbingwg/multus-cni: pkg/types/types.go NetConf, pkg/types/conf.go LoadNetConf",
    config: {
      type: "multus",
      kubeconfig: "/etc/cni/net.d/multus.d/multus.kubeconfig",
      clusterNetwork: "/etc/cni/net.d/10-flannel.conflist",
      logOptions: { maxAge: 5, maxSize: 100, maxBackups: 5, compress: true },
      systemNamespaces: ["kube-system"],
    },
    mutations: [
      ...wrong("required", { clusterNetwork: "" }),
      ...wrong(
        "wrong_type",
        { delegates: {} },
        { logToStderr: "yes" },
        { namespaceIsolation: 1 },
        { logOptions: [] },
        { systemNamespaces: "kube-system" },
      ),
      ...COMMON,
    ],
  },
  {
    type: "whereabouts",
    source: "k8snetworkplumbingwg/whereabouts: pkg/types/types.go IPAMConfig, pkg/config/config.go LoadIPAMConfig",
    config: {
      type: "whereabouts",
      range: "192.168.2.225/28",
      exclude: ["192.168.2.229/30"],
      ipRanges: [{ range: "2001:db8::/64", range_start: "2001:db8::10" }],
      kubernetes: { kubeconfig: "/etc/cni/net.d/whereabouts.d/whereabouts.kubeconfig" },
    },
    mutations: [
      ...wrong(
        "wrong_type",
        { range: 5 },
        { exclude: "192.168.2.229/30" },
        { enable_overlapping_ranges: "yes" },
        { leader_lease_duration: "1500" },
      ),
      ...wrong("required", { kubernetes: {} }, { ipRanges: [{}] }),
      ...wrong("format", { range_start: "x" }, { gateway: "10" }),
    ],
  },
];

export const pluginExamples: readonly PluginExample[] = [
  ...REFERENCE.map((example) => ({ ...example, isReference: true })),
  ...OTHERS,
];
