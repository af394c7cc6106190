import type { AddressRange, Prefix } from "@netmason/net";
import type { AddressUnits, Attributes, PoolEligibility, PoolSpec, PrefixUnits } from "./pool.js";

/** A pool as it stands, defaults filled in. */
export interface Pool extends PoolSpec {
  readonly units: (Required<Omit<AddressUnits, "gateway">> & Pick<AddressUnits, "gateway">) | Required<PrefixUnits>;
  readonly state: NonNullable<PoolSpec["state"]>;
}

/** What `updatePool` replaces; what is left out stays. `eligibility` and `attributes` are replaced as a whole. */
export interface PoolChange {
  readonly state?: Pool["state"];
  /** Of a pool of addresses. */
  readonly units?: Partial<Omit<AddressUnits, "kind" | "blockLength">>;
  readonly eligibility?: PoolEligibility;
  readonly attributes?: Attributes;
}

/** Addresses that are never handed out, in every pool of the VRF. Reservations may overlap and nest. */
export interface Reservation {
  /** 1 to 253 characters; unique in its VRF. */
  readonly name: string;
  readonly addresses: Prefix | AddressRange;
  readonly reason?: string;
}
