import { type ChannelOptions, connectivityState, experimental, type Metadata, status } from "@grpc/grpc-js";
import { type Balancer, createBalancer } from "../../balancer.js";
import type { Endpoint } from "../../endpoint.js";
import { hashFromBigInt } from "../../hash64.js";
import type { Outcome } from "../../outcome.js";
import type { Call } from "../../pick-result.js";
import type { PickRequest } from "../../picker.js";
import type { Policy } from "../../policy.js";

type Helper = experimental.ChannelControlHelper;
type PickResult = experimental.PickResult;

/** What a registered name stands for. */
export interface ChannelSettings {
  readonly name: string;
  readonly policy: (config: Readonly<Record<string, unknown>>) => Policy;
  readonly hashHeader: string | undefined;
}

/** The object under the policy's name in a service configuration. */
export class PolicyConfig {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;

  constructor(name: string, config: Readonly<Record<string, unknown>>) {
    this.name = name;
    this.config = config;
  }

  getLoadBalancerName(): string {
    return this.name;
  }

  toJsonObject(): object {
    return { [this.name]: this.config };
  }
}

interface GrpcEndpoint extends Endpoint {
  readonly child: experimental.LeafLoadBalancer;
}

/** Balances one channel: keeps its endpoints connected, and asks a balancer for each call. */
export class ChannelBalancer implements experimental.LoadBalancer, experimental.Picker {
  readonly #helper: Helper;
  readonly #childHelper: Helper;
  readonly #settings: ChannelSettings;
  readonly #children = new Map<string, experimental.LeafLoadBalancer>();
  #balancer: Balancer<GrpcEndpoint> | undefined;
  #config = "";
  #isPaused = false;
  #isReady = false;
  #lastError = "";

  constructor(helper: Helper, settings: ChannelSettings) {
    this.#helper = helper;
    this.#settings = settings;
    this.#childHelper = experimental.createChildChannelControlHelper(helper, {
      updateState: (_state, _picker, errorMessage) => {
        if (errorMessage) this.#lastError = errorMessage;
        if (!this.#isPaused) this.#follow();
      },
    });
  }

  updateAddressList(
    endpoints: experimental.StatusOr<experimental.Endpoint[]>,
    config: experimental.TypedLoadBalancingConfig,
    options: ChannelOptions,
    resolutionNote: string,
  ): boolean {
    if (!(config instanceof PolicyConfig)) return false;
    if (!endpoints.ok) {
      // What is known is kept while names cannot be resolved.
      if (this.#children.size === 0) this.#report(connectivityState.TRANSIENT_FAILURE, endpoints.error.details);
      return true;
    }
    this.#configure(config);
    // Children speak up while they are made; one answer at the end is enough.
    this.#isPaused = true;
    this.#replaceChildren(endpoints.value, options, resolutionNote);
    this.#isPaused = false;
    if (endpoints.value.length === 0) this.#lastError = `no addresses resolved: ${resolutionNote}`;
    this.#follow();
    return true;
  }

  exitIdle(): void {
    for (const child of this.#children.values()) child.exitIdle();
  }

  resetBackoff(): void {}

  destroy(): void {
    for (const child of this.#children.values()) child.destroy();
    this.#children.clear();
  }

  getTypeName(): string {
    return this.#settings.name;
  }

  pick(args: experimental.PickArgs): PickResult {
    const balancer = this.#balancer;
    if (balancer === undefined) return new experimental.QueuePicker(this).pick(args);
    const result = balancer.pick(this.#requestOf(args));
    if (result.kind === "queue") return new experimental.QueuePicker(this).pick(args);
    if (result.kind === "complete") {
      return withCall(balancer, result.endpoint.child.getPicker().pick(args), () => balancer.begin(result));
    }
    const unavailable = new experimental.UnavailablePicker({ details: `${this.#settings.name}: ${result.reason}` });
    const failed = unavailable.pick(args);
    return result.kind === "fail" ? failed : { ...failed, pickResultType: experimental.PickResultType.DROP };
  }

  #requestOf({ metadata, extraPickInfo }: experimental.PickArgs): PickRequest {
    const { hashHeader } = this.#settings;
    const key = hashHeader === undefined ? undefined : hashKeyOf(metadata, hashHeader);
    if (key !== undefined) return { hashKey: key };
    const { hash } = extraPickInfo;
    return hash !== undefined && /^\d+$/.test(hash) ? { hashKey: hashFromBigInt(BigInt(hash)) } : {};
  }

  #configure({ config }: PolicyConfig): void {
    const text = JSON.stringify(config);
    if (this.#balancer !== undefined && text === this.#config) return;
    this.#config = text;
    // An endpoint that is not connected takes no call, however few are left.
    this.#balancer = createBalancer({ policy: this.#settings.policy(config), priority: { panicPercent: 0 } });
  }

  #replaceChildren(endpoints: readonly experimental.Endpoint[], options: ChannelOptions, note: string): void {
    const wanted = new Map(endpoints.map((endpoint) => [addressOf(endpoint), endpoint]));
    for (const [address, child] of this.#children) {
      if (wanted.has(address)) continue;
      this.#children.delete(address);
      child.destroy();
    }
    for (const [address, endpoint] of wanted) {
      const known = this.#children.get(address);
      if (known !== undefined) {
        known.updateEndpoint(endpoint, options);
        continue;
      }
      const child = new experimental.LeafLoadBalancer(endpoint, this.#childHelper, options, note);
      this.#children.set(address, child);
      child.startConnecting();
    }
  }

  /** Takes over the state of the children, and tells the channel. */
  #follow(): void {
    const states = [...this.#children].map(([address, child]) => ({
      ...{ address, child },
      state: child.getConnectivityState(),
    }));
    this.#balancer?.update(
      states.map(({ address, child, state }) => ({
        ...{ address, child },
        health: state === connectivityState.READY ? "healthy" : "unhealthy",
      })),
    );
    const isAny = (wanted: connectivityState): boolean => states.some(({ state }) => state === wanted);
    const isReady = isAny(connectivityState.READY);
    if (this.#isReady && !isReady) this.#helper.requestReresolution();
    this.#isReady = isReady;
    if (isReady) this.#helper.updateState(connectivityState.READY, this, null);
    else if (isAny(connectivityState.CONNECTING)) this.#report(connectivityState.CONNECTING, null);
    else if (states.length > 0 && !isAny(connectivityState.TRANSIENT_FAILURE)) {
      this.#report(connectivityState.IDLE, null);
    } else this.#report(connectivityState.TRANSIENT_FAILURE, `no connection established: ${this.#lastError}`);
    for (const { child, state } of states) if (state === connectivityState.IDLE) child.exitIdle();
  }

  #report(state: connectivityState, error: string | null): void {
    const details = `${this.#settings.name}: ${error}`;
    const picker =
      error === null ? new experimental.QueuePicker(this) : new experimental.UnavailablePicker({ details });
    this.#helper.updateState(state, picker, error);
  }
}

/** Counts the call from its start to its end. */
function withCall(balancer: Balancer<GrpcEndpoint>, picked: PickResult, begin: () => Call): PickResult {
  if (picked.pickResultType !== experimental.PickResultType.COMPLETE) return picked;
  let call: Call | undefined;
  return {
    ...picked,
    onCallStarted() {
      call = begin();
      picked.onCallStarted?.();
    },
    onCallEnded(code, details, metadata) {
      if (call !== undefined) balancer.end(call, outcomeOf(code));
      picked.onCallEnded?.(code, details, metadata);
    },
  };
}

function outcomeOf(code: status): Outcome {
  if (code === status.OK) return "success";
  if (code === status.CANCELLED) return "cancelled";
  if (code === status.DEADLINE_EXCEEDED) return "timeout";
  return code === status.UNAVAILABLE ? "connect_failure" : "failure";
}

function hashKeyOf(metadata: Metadata, header: string): string | undefined {
  const values = header.endsWith("-bin") ? [] : metadata.get(header);
  return values.length === 0 ? undefined : values.map(String).join(",");
}

function addressOf({ addresses }: experimental.Endpoint): string {
  return addresses.map((address) => experimental.subchannelAddressToString(address)).join(",");
}
