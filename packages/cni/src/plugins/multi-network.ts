import { addressText, cidrText, dnsShape, routeShape } from "../internal/common-shapes.js";
import { defineIpam, definePlugin, type PluginDefinition } from "../internal/plugin-definition.js";
import { anyObject, choice, field, flag, integer, listOf, objectOf, text } from "../internal/shape.js";
import { oneOfThese } from "../internal/shape-rules.js";
import type { JsonObject } from "../json-value.js";
import type { Dns, Route } from "../result-parts.js";
import type { StaticAddress } from "./address-managers.js";

/** How multus turns its log files over. */
export type MultusLogOptions = {
  readonly maxAge?: number;
  readonly maxSize?: number;
  readonly maxBackups?: number;
  readonly compress?: boolean;
};

/** Fields of `multus`: `clusterNetwork`, `delegates`, or `daemonSocketDir` for the thin plugin. */
export type MultusFields = {
  readonly kubeconfig?: string;
  readonly clusterNetwork?: string;
  readonly delegates?: readonly JsonObject[];
  readonly defaultNetworks?: readonly string[];
  readonly confDir?: string;
  readonly cniDir?: string;
  readonly binDir?: string;
  readonly logFile?: string;
  readonly logLevel?: string;
  readonly logToStderr?: boolean;
  readonly logOptions?: MultusLogOptions;
  readonly readinessindicatorfile?: string;
  readonly namespaceIsolation?: boolean;
  readonly globalNamespaces?: string;
  readonly systemNamespaces?: readonly string[];
  readonly multusNamespace?: string;
  readonly retryDeleteOnError?: boolean;
  readonly auxiliaryCNIChainName?: string;
  readonly daemonSocketDir?: string;
};

/** k8snetworkplumbingwg/multus-cni, pkg/types */
const multus = definePlugin<MultusFields>(
  "multus",
  "interface",
  "Calls several plugins, as annotations of the pod say.",
  {
    kubeconfig: field(text, "File with access to the Kubernetes API."),
    clusterNetwork: field(text, "The default network: a name, a file or a directory."),
    delegates: field(listOf(anyObject), "Configurations of the default networks, the first for eth0."),
    defaultNetworks: field(listOf(text), "Further networks of each pod."),
    confDir: field(text, "Where configurations are.", { default: "/etc/cni/multus/net.d" }),
    cniDir: field(text, "Where results are kept.", { default: "/var/lib/cni/multus" }),
    binDir: field(text, "Where plugins are.", { default: "/opt/cni/bin" }),
    logFile: field(text, "Where to log."),
    logLevel: field(text, "debug, verbose, error or panic."),
    logToStderr: field(flag, "Logs to stderr too.", { default: true }),
    logOptions: field(
      objectOf<MultusLogOptions>({
        maxAge: field(integer({ min: 0 }), "How long old log files are kept, in days."),
        maxSize: field(integer({ min: 0 }), "Size after which a log file is closed, in MB."),
        maxBackups: field(integer({ min: 0 }), "How many old log files are kept."),
        compress: field(flag, "Whether old log files are compressed."),
      }),
      "How log files are turned over.",
    ),
    readinessindicatorfile: field(text, "A file that must be there before a pod is attached."),
    namespaceIsolation: field(flag, "Lets pods use networks of their own namespace only.", { default: false }),
    globalNamespaces: field(text, "Namespaces whose networks all may use, with commas.", { default: "default" }),
    systemNamespaces: field(listOf(text), "Namespaces whose pods get the default networks only.", {
      default: ["kube-system"],
    }),
    multusNamespace: field(text, "Namespace of the networks named in this configuration.", { default: "kube-system" }),
    retryDeleteOnError: field(flag, "Tries DEL again after an error.", { default: false }),
    auxiliaryCNIChainName: field(text, "A directory of plugins to chain to the default network."),
    daemonSocketDir: field(text, "Where the thin plugin finds its daemon."),
  },
  { rules: [oneOfThese("clusterNetwork", "delegates", "daemonSocketDir")] },
);

/** Addresses of one range that whereabouts may give out. */
export type WhereaboutsRange = {
  readonly range: string;
  readonly range_start?: string;
  readonly range_end?: string;
  readonly exclude?: readonly string[];
};

/** Fields of `ipam` for `whereabouts`: `range` or `ipRanges`. */
export type WhereaboutsFields = {
  readonly range?: string;
  readonly range_start?: string;
  readonly range_end?: string;
  readonly exclude?: readonly string[];
  readonly ipRanges?: readonly WhereaboutsRange[];
  readonly gateway?: string;
  readonly routes?: readonly Route[];
  readonly addresses?: readonly StaticAddress[];
  readonly dns?: Dns;
  readonly datastore?: "" | "kubernetes" | "etcd";
  readonly node_slice_size?: string;
  readonly enable_overlapping_ranges?: boolean;
  readonly network_name?: string;
  readonly log_file?: string;
  readonly log_level?: string;
  readonly leader_lease_duration?: number;
  readonly leader_renew_deadline?: number;
  readonly leader_retry_period?: number;
  readonly sleep_for_race?: number;
  readonly reconciler_cron_expression?: string;
  readonly kubernetes?: { readonly kubeconfig: string; readonly k8s_api_root?: string };
  readonly configuration_path?: string;
};

const rangeStart = field(addressText, "First address that may be given out.");
const rangeEnd = field(addressText, "Last address that may be given out.");
const exclude = field(listOf(cidrText), "Prefixes inside the range that are never given out.");

/** k8snetworkplumbingwg/whereabouts, pkg/types */
const whereabouts = defineIpam<WhereaboutsFields>(
  "whereabouts",
  "Gives out addresses of ranges that all nodes of a cluster share.",
  {
    // `192.168.2.225-192.168.2.230/28` is a form of its own.
    range: field(text, "The range: a prefix, or FIRST-LAST/LENGTH."),
    range_start: rangeStart,
    range_end: rangeEnd,
    exclude,
    ipRanges: field(
      listOf(
        objectOf<WhereaboutsRange>({
          range: field(text, "The range: a prefix, or FIRST-LAST/LENGTH.", { required: true }),
          range_start: rangeStart,
          range_end: rangeEnd,
          exclude,
        }),
      ),
      "Several ranges: one address is taken of each.",
    ),
    gateway: field(addressText, "Gateway for the result."),
    routes: field(listOf(routeShape), "Routes for the result."),
    addresses: field(
      listOf(
        objectOf<StaticAddress>({
          address: field(cidrText, "Address with its prefix length.", { required: true }),
          gateway: field(addressText, "Gateway of the address."),
        }),
      ),
      "Addresses that are given besides.",
    ),
    dns: field(dnsShape, "Resolver settings for the result."),
    datastore: field(choice("", "kubernetes", "etcd"), "Where allocations are kept.", { default: "kubernetes" }),
    node_slice_size: field(text, "Length of the prefix each node takes for itself: /28."),
    enable_overlapping_ranges: field(flag, "Keeps addresses apart also where ranges overlap.", { default: true }),
    network_name: field(text, "Keeps ranges of the same prefix apart."),
    log_file: field(text, "Where to log."),
    log_level: field(text, "debug, verbose, error or panic."),
    leader_lease_duration: field(integer({ min: 0 }), "Lease of the leader, in ms.", { default: 1500 }),
    leader_renew_deadline: field(integer({ min: 0 }), "When it must be renewed, in ms.", { default: 1000 }),
    leader_retry_period: field(integer({ min: 0 }), "Wait between tries, in ms.", { default: 500 }),
    sleep_for_race: field(integer({ min: 0 }), "For tests: seconds to wait inside an allocation.", { default: 0 }),
    reconciler_cron_expression: field(text, "When stale allocations are looked for."),
    kubernetes: field(
      objectOf<NonNullable<WhereaboutsFields["kubernetes"]>>({
        kubeconfig: field(text, "File with access to the Kubernetes API.", { required: true }),
        k8s_api_root: field(text, "URL of the Kubernetes API."),
      }),
      "How the Kubernetes API is reached.",
    ),
    configuration_path: field(text, "A file with further settings."),
  },
  { rules: [oneOfThese("range", "ipRanges")] },
);

export const multiNetworkPlugins: Readonly<Record<string, PluginDefinition>> = { multus, whereabouts };
