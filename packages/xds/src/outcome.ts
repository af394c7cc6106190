import type { ResourceRef } from "./type-urls.js";

/** A request to follow through a snapshot. */
export interface SimulatedRequest {
  /** Name of the listener. Default the one that takes `destination`, or the only one there is. */
  readonly listener?: string;
  /** Where the connection goes, as `address:port`. */
  readonly destination?: string;
  /** Where it comes from, as `address:port`. Without it a choice between chains that match by source is not simulated. */
  readonly source?: string;
  /** What the client says in its TLS handshake; absent for plain text. */
  readonly tls?: {
    readonly serverName?: string;
    readonly alpn?: readonly string[];
    /** Default none. */
    readonly clientCertificate?: "presented" | "validated";
  };
  /** Default `GET`. */
  readonly method?: string;
  /** Host, with a port if the client sends one. */
  readonly authority: string;
  /** With the query. */
  readonly path: string;
  /** By name in any case; several values of one name as a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The chance that picks a weighted cluster and lets runtime fractions pass, in [0, 1). Default 0. */
  readonly draw?: number;
}

/** One candidate that was looked at. */
export interface Step {
  readonly stage: "listener" | "filterChain" | "virtualHost" | "route" | "cluster";
  readonly resource: ResourceRef;
  /** JSON Pointer of the candidate in the resource. */
  readonly path: string;
  readonly matched: boolean;
  readonly why: string;
}

/** A cluster's part of the requests. */
export interface Share {
  readonly cluster: string;
  /** 0 to 1. */
  readonly share: number;
}

/** An HTTP filter that the request passes; filters are listed, not executed. */
export interface FilterState {
  readonly name: string;
  readonly disabled: boolean;
}

/** Where the request was when it was decided. */
export interface Match {
  readonly listener: string;
  readonly filterChain: string;
  readonly routeConfiguration: string;
  readonly virtualHost: string;
  /** Name of the route, or its place: `routes/3`. */
  readonly route: string;
}

/** Why a request is not served. */
export type RejectReason =
  | "no_listener"
  | "no_filter_chain"
  | "tls_required"
  | "plain_text_required"
  | "no_route_configuration"
  | "no_virtual_host"
  | "no_route"
  | "no_cluster"
  | "no_endpoints";

/** What every outcome has. */
export interface OutcomeBase {
  /** Every candidate looked at, in order. Made when first read. */
  readonly steps: readonly Step[];
}

/** What becomes of a request. */
export type Outcome = OutcomeBase &
  (
    | (Match & {
        readonly kind: "forward";
        readonly cluster: string;
        /** The whole distribution, whatever was drawn. */
        readonly split: readonly Share[];
        /** As the endpoint gets it. */
        readonly path: string;
        /** As the endpoint gets it; `undefined` where it is the hostname of the endpoint chosen. */
        readonly authority: string | undefined;
        /** From the end of the request to the end of the answer; `0s` is without limit. */
        readonly timeout: string;
        /** How long nothing may come from either side; `0s` is without limit. */
        readonly idleTimeout: string;
        /** Of the whole stream, from the route or else the connection manager; absent is without limit. */
        readonly maxStreamDuration?: string;
        /** Of each attempt, where there are retries; absent is `timeout`. */
        readonly perTryTimeout?: string;
        readonly filters: readonly FilterState[];
        /** `undefined` for clusters that find endpoints by request. */
        readonly endpointCount: number | undefined;
      })
    | {
        readonly kind: "tcp";
        readonly listener: string;
        readonly filterChain: string;
        readonly cluster: string;
        readonly split: readonly Share[];
      }
    | (Match & { readonly kind: "redirect"; readonly status: number; readonly location: string })
    | (Match & { readonly kind: "respond"; readonly status: number; readonly body: string })
    | (Partial<Match> & {
        readonly kind: "reject";
        readonly reason: RejectReason;
        /** What an HTTP client sees. */
        readonly status?: number;
      })
    | (Partial<Match> & {
        readonly kind: "undecided";
        /** Begins with `not simulated:`. */
        readonly why: string;
      })
  );
