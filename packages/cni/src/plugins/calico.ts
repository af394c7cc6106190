import { cidrText } from "../internal/common-shapes.js";
import { defineIpam, definePlugin, type PluginDefinition } from "../internal/plugin-definition.js";
import { anyObject, choice, either, field, flag, integer, listOf, objectOf, text } from "../internal/shape.js";
import { notTogether } from "../internal/shape-rules.js";
import type { JsonObject } from "../json-value.js";

/** Which policy a calico plugin enforces, and how it reaches the Kubernetes API. */
export type CalicoPolicy = {
  readonly type?: string;
  readonly k8s_api_root?: string;
  readonly k8s_auth_token?: string;
  readonly k8s_client_certificate?: string;
  readonly k8s_client_key?: string;
  readonly k8s_certificate_authority?: string;
};

/** Fields of `calico`. */
export type CalicoFields = {
  readonly datastore_type?: "" | "kubernetes" | "etcdv3";
  readonly nodename?: string;
  readonly nodename_file?: string;
  readonly nodename_file_optional?: boolean;
  readonly etcd_endpoints?: string;
  readonly etcd_discovery_srv?: string;
  readonly etcd_scheme?: string;
  readonly etcd_key_file?: string;
  readonly etcd_cert_file?: string;
  readonly etcd_ca_cert_file?: string;
  readonly etcd_authority?: string;
  readonly hostname?: string;
  readonly log_level?: string;
  readonly log_file_path?: string;
  readonly log_file_max_size?: number;
  readonly log_file_max_age?: number;
  readonly log_file_max_count?: number;
  readonly mtu?: number;
  readonly require_mtu_file?: boolean;
  readonly num_queues?: number;
  readonly qps?: number;
  readonly burst?: number;
  readonly policy?: CalicoPolicy;
  readonly kubernetes?: { readonly k8s_api_root?: string; readonly kubeconfig?: string; readonly node_name?: string };
  readonly feature_control?: { readonly ip_addrs_no_ipam?: boolean; readonly floating_ips?: boolean };
  readonly container_settings?: { readonly allow_ip_forwarding?: boolean };
  readonly include_default_routes?: boolean;
  readonly dataplane_options?: JsonObject;
  readonly device_type?: "" | "veth" | "netkit";
  readonly readiness_gates?: readonly string[];
  readonly policy_setup_timeout_seconds?: number;
  readonly endpoint_status_dir?: string;
  readonly calico_api_group?: string;
  readonly ipam_lock_file?: string;
  readonly mode?: string;
  readonly vxlan_mac_prefix?: string;
  readonly vxlan_vni?: number;
};

const policy = objectOf<CalicoPolicy>({
  type: field(text, "`k8s` for Kubernetes network policies."),
  k8s_api_root: field(text, "URL of the Kubernetes API."),
  k8s_auth_token: field(text, "Token for it."),
  k8s_client_certificate: field(text, "Certificate for it."),
  k8s_client_key: field(text, "Key for it."),
  k8s_certificate_authority: field(text, "Who signed its certificate."),
});

type Of<K extends keyof CalicoFields> = NonNullable<CalicoFields[K]>;

const kubernetes = objectOf<Of<"kubernetes">>({
  k8s_api_root: field(text, "URL of the Kubernetes API."),
  kubeconfig: field(text, "File with access to it."),
  node_name: field(text, "Name of this node there."),
});

/** projectcalico/calico, cni-plugin/pkg/types */
const calico = definePlugin<CalicoFields>(
  "calico",
  "interface",
  "Routes to each container, with network policies.",
  {
    datastore_type: field(choice("", "kubernetes", "etcdv3"), "Where Calico keeps its data.", { default: "etcdv3" }),
    nodename: field(text, "Name of this node; default: what nodename_file says."),
    nodename_file: field(text, "File with the name of this node.", { default: "/var/lib/calico/nodename" }),
    nodename_file_optional: field(flag, "Takes the host's name when the file is missing.", { default: false }),
    etcd_endpoints: field(text, "URLs of etcd, with commas."),
    etcd_discovery_srv: field(text, "Domain whose SRV records name etcd."),
    etcd_scheme: field(text, "http or https."),
    etcd_key_file: field(text, "Key for etcd."),
    etcd_cert_file: field(text, "Certificate for etcd."),
    etcd_ca_cert_file: field(text, "Who signed etcd's certificate."),
    etcd_authority: field(text, "Host and port of etcd.", { deprecated: "use etcd_endpoints" }),
    hostname: field(text, "Name of this node.", { deprecated: "use nodename" }),
    log_level: field(text, "debug, info, warning or error."),
    log_file_path: field(text, "Where to log besides stderr."),
    log_file_max_size: field(integer({ min: 0 }), "Size after which a log file is closed, in MB."),
    log_file_max_age: field(integer({ min: 0 }), "How long old log files are kept, in days."),
    log_file_max_count: field(integer({ min: 0 }), "How many old log files are kept."),
    mtu: field(integer({ min: 0 }), "Largest packet in bytes; 0 takes /var/lib/calico/mtu.", { default: 0 }),
    require_mtu_file: field(flag, "Fails when that file is missing.", { default: false }),
    num_queues: field(integer({ min: 0 }), "Queues of the veth pair.", { default: 1 }),
    qps: field(integer({ min: 0 }), "Requests a second to the Kubernetes API."),
    burst: field(integer({ min: 0 }), "Requests to it that may come at once."),
    policy: field(policy, "Which policies are enforced."),
    kubernetes: field(kubernetes, "How the Kubernetes API is reached."),
    feature_control: field(
      objectOf<Of<"feature_control">>({
        ip_addrs_no_ipam: field(flag, "Allows addresses by annotation that no IPAM knows."),
        floating_ips: field(flag, "Allows floating addresses by annotation."),
      }),
      "Switches features on.",
    ),
    container_settings: field(
      objectOf<Of<"container_settings">>({
        allow_ip_forwarding: field(flag, "Leaves forwarding on in the container."),
      }),
      "Settings inside the container.",
    ),
    include_default_routes: field(flag, "Adds default routes besides those of the IPAM plugin."),
    dataplane_options: field(anyObject, "Options of the data plane in use."),
    device_type: field(choice("", "veth", "netkit"), "Kind of the pair.", { default: "veth" }),
    readiness_gates: field(listOf(text), "URLs that must answer before a container is attached."),
    policy_setup_timeout_seconds: field(integer({ min: 0 }), "How long to wait for policies.", { default: 0 }),
    endpoint_status_dir: field(text, "Where to see that policies are set up.", {
      default: "/var/run/calico/endpoint-status",
    }),
    calico_api_group: field(text, "API group of Calico's resources.", { default: "crd.projectcalico.org" }),
    ipam_lock_file: field(text, "Lock that keeps calls of the IPAM plugin apart."),
    mode: field(text, "Windows: vxlan or windows-bgp."),
    vxlan_mac_prefix: field(text, "Windows: first two bytes of MAC addresses."),
    vxlan_vni: field(integer({ min: 0 }), "Windows: number of the VXLAN."),
  },
  {
    ipam: "required",
    capabilities: ["portMappings", "bandwidth"],
    rules: [notTogether("etcd_endpoints", "etcd_discovery_srv")],
  },
);

/** Fields of `ipam` for `calico-ipam`; its switches are texts. */
export type CalicoIpamFields = {
  readonly assign_ipv4?: "true" | "false";
  readonly assign_ipv6?: "true" | "false";
  readonly ipv4_pools?: readonly string[];
  readonly ipv6_pools?: readonly string[];
  readonly subnet?: string;
};

const calicoIpam = defineIpam<CalicoIpamFields>("calico-ipam", "Gives out addresses of Calico's pools.", {
  assign_ipv4: field(choice("true", "false"), "Whether to give an IPv4 address.", { default: "true" }),
  assign_ipv6: field(choice("true", "false"), "Whether to give an IPv6 address.", { default: "false" }),
  ipv4_pools: field(listOf(text), "Pools to take from, by prefix or name; default: all."),
  ipv6_pools: field(listOf(text), "Pools to take from, by prefix or name; default: all."),
  subnet: field(either(cidrText, choice("usePodCidr")), "Not used by calico-ipam itself."),
});

export const calicoPlugins: Readonly<Record<string, PluginDefinition>> = { calico, "calico-ipam": calicoIpam };
