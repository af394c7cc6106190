/** Resolver settings in a result or a configuration. */
export type Dns = {
  /** Addresses, in the order they are asked. */
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  /** As in `resolv.conf`: `ndots:5`. */
  readonly options?: readonly string[];
};

/** A route in the container. libcni reads and keeps every field in every version from 0.3.0 up. */
export type Route = {
  /** Address and length, `0.0.0.0/0`; host bits are kept. */
  readonly dst: string;
  /** Absent: the gateway of the address. */
  readonly gw?: string;
  readonly mtu?: number;
  /** The TCP segment size to announce. */
  readonly advmss?: number;
  readonly priority?: number;
  /** Routing table; 0 is kept. */
  readonly table?: number;
  /** 0 global, 253 link, 254 host. */
  readonly scope?: number;
};
