import type { AttachmentId } from "../attachment-id.js";
import { CniError } from "../errors.js";
import type { Issue } from "../issue.js";
import type { NetworkConfigList } from "../network-config.js";
import type { CniResult } from "../result.js";
import { compareSpecVersions } from "../spec-version.js";
import { systemNow } from "../system.js";
import type { Attachment, AttachmentCache, CachedAttachment } from "./attachment-cache.js";
import { addAttachment, checkAttachment, delAttachment } from "./attachment-verbs.js";
import { type CniEvent, type CniWarning, createEmit } from "./cni-event.js";
import { type CniMetrics, createCounts } from "./cni-metrics.js";
import { createContainerQueue } from "./container-queue.js";
import type { CallOptions, Exec } from "./exec.js";
import { createFileCache } from "./file-cache.js";
import { askStatus, askVersions, collectGarbage, findStale, validatePlugins } from "./network-verbs.js";
import { createProcessExec } from "./process-exec.js";
import { assertAttachment, prepareNetwork, type RuntimeContext } from "./runtime-context.js";

/** Options of `createCni`. */
export interface CniOptions {
  /** Where plugins are, in the order they are searched; they get it as `CNI_PATH`. */
  readonly pluginDirs: readonly string[];
  /** Default: `createFileCache({ dir: "/var/lib/cni" })`, the place of libcni. */
  readonly cache?: AttachmentCache;
  /** Default: `createProcessExec()`. */
  readonly exec?: Exec;
  /** Leaves `capabilities` out of what plugins get, as the specification's section 3 has it and libcni does not. */
  readonly strictSpec?: boolean;
  /** Told of everything that happens, in order. What it throws changes nothing. */
  readonly onEvent?: (event: CniEvent) => void;
  /** Milliseconds that only grow, for the durations of events. Default: the system's. */
  readonly now?: () => number;
}

/**
 * A runtime: what libcni does, in one process. Operations of one container run one at a time, in the order of the calls;
 * GC waits for those running and holds new ones; waiting can be aborted. Two processes on one cache must exclude each
 * other by their own means.
 */
export interface Cni {
  /**
   * Runs the chain and remembers the result. When a plugin fails, or the signal aborts, everything is deleted again
   * (`rollback`, default true); what goes wrong there is in `details.rollback`, after an abort, which rejects with the
   * signal's reason, only in the event `rollback`. Nothing is deleted when the cache held this
   * attachment before: a repeated ADD that is refused leaves the live one and its entry alone, as in libcni.
   *
   * @throws CniError `plugin_failed`, `plugin_crashed`, `plugin_timeout`, `plugin_output`, `plugin_not_found`;
   * `cache_failure` when the cache has another attachment in this one's place; errors of names and versions
   */
  add(
    network: NetworkConfigList,
    attachment: Attachment,
    options?: CallOptions & { readonly rollback?: boolean },
  ): Promise<CniResult>;
  /**
   * Runs DEL in reverse order; doing it again succeeds. The first error stops, unless `continueOnError`: then all plugins
   * are run and the errors come in one `AggregateError`. After an error or an abort the cache keeps the attachment, so
   * that it can be done again.
   */
  del(
    network: NetworkConfigList,
    attachment: Attachment,
    options?: CallOptions & { readonly continueOnError?: boolean },
  ): Promise<void>;
  /** @throws CniError `check_not_supported` before 0.4.0, also when the list disables CHECK */
  check(network: NetworkConfigList, attachment: Attachment, options?: CallOptions): Promise<void>;
  /**
   * Deletes the cached attachments of the network that are not valid, then from 1.1.0 on asks every plugin to collect.
   * `[]` says that none is valid; `remove_all` is the same for those who do not want to look.
   *
   * @returns what was deleted, or with `dryRun` would be
   * @throws CniError `gc_failed`, all errors in its cause
   */
  gc(
    network: NetworkConfigList,
    valid: readonly AttachmentId[] | "remove_all",
    options?: CallOptions & { readonly dryRun?: boolean },
  ): Promise<readonly CachedAttachment[]>;
  /** Resolves when all plugins are ready; before 1.1.0 nobody is asked. `plugin_failed` has the code, 50 or 51. */
  status(network: NetworkConfigList, options?: CallOptions): Promise<void>;
  /** Asks the plugins themselves: each must be there (rule `unavailable`) and speak the version (rule `version`). */
  validate(network: NetworkConfigList, options?: CallOptions): Promise<readonly Issue[]>;
  /** The versions a plugin says it answers in. */
  versions(pluginType: string, options?: CallOptions): Promise<readonly string[]>;
  /** Cached attachments; each part of the filter must match. */
  list(
    filter?: Partial<AttachmentId> & { readonly network?: string },
    options?: CallOptions,
  ): Promise<readonly CachedAttachment[]>;
  /** Counts since creation. */
  metrics(): CniMetrics;
}

/**
 * Creates a runtime. It holds no resources: there is nothing to close.
 *
 * @example
 * ```ts no-run
 * import { createCni, loadNetwork } from "@netmason/cni/node";
 *
 * const cni = createCni({ pluginDirs: ["/opt/cni/bin"] });
 * const network = await loadNetwork("/etc/cni/net.d", "pods");
 * const result = await cni.add(network, { containerId: "web-1", netns: "/run/netns/web-1", ifname: "eth0" });
 * console.log(result);
 * ```
 * @category Runtime
 */
export function createCni(options: CniOptions): Cni {
  const context = createContext(options);
  const { run, runExclusive } = createRunner(context.counts);
  return {
    async add(list, attachment, { signal, rollback = true } = {}) {
      const network = prepareNetwork(list);
      return run("add", attachment, signal, () => addAttachment(context, { network, attachment, signal }, rollback));
    },
    async del(list, attachment, { signal, continueOnError = false } = {}) {
      const network = prepareNetwork(list);
      const errors: unknown[] = [];
      const onError = continueOnError ? (error: unknown) => errors.push(error) : undefined;
      await run("del", attachment, signal, async () => {
        await delAttachment(context, { network, attachment, signal }, onError);
        if (errors.length > 0) throw new AggregateError(errors, `${errors.length} plugins failed to delete`);
      });
    },
    async check(list, attachment, { signal } = {}) {
      const network = prepareNetwork(list);
      if (compareSpecVersions(network.version, "0.4.0") < 0) throw checkNotSupported(network.version);
      if (list.disableCheck === true) return;
      await run("check", attachment, signal, () => checkAttachment(context, { network, attachment, signal }));
    },
    async gc(list, valid, { signal, dryRun = false } = {}) {
      signal?.throwIfAborted();
      const network = prepareNetwork(list);
      if (list.disableGC === true) return [];
      if (dryRun) return findStale(context, network.name, valid, signal);
      return runExclusive("gc", signal, () => collectGarbage(context, network, valid, signal));
    },
    async status(list, { signal } = {}) {
      await askStatus(context, prepareNetwork(list), signal);
    },
    validate: (list, { signal } = {}) => validatePlugins(context, list, signal),
    versions: (type, { signal } = {}) => askVersions(context, type, signal),
    async list({ network, containerId, ifname } = {}, abortable = {}) {
      const entries = await context.cache.list(abortable);
      return entries.filter(
        (entry) =>
          (network === undefined || entry.network.name === network) &&
          (containerId === undefined || entry.attachment.containerId === containerId) &&
          (ifname === undefined || entry.attachment.ifname === ifname),
      );
    },
    metrics: () => ({ ...context.counts }),
  };
}

interface Runner {
  /** In the order of the container. */
  run<T>(
    kind: "add" | "del" | "check",
    attachment: Attachment,
    signal: AbortSignal | undefined,
    operation: () => Promise<T>,
  ): Promise<T>;
  /** Alone. */
  runExclusive<T>(kind: "gc", signal: AbortSignal | undefined, operation: () => Promise<T>): Promise<T>;
}

/** Orders operations and counts them. */
function createRunner(counts: RuntimeContext["counts"]): Runner {
  const queue = createContainerQueue();
  const count = async <T>(kind: "add" | "del" | "check" | "gc", operation: () => Promise<T>): Promise<T> => {
    counts[`${kind}Count`]++;
    counts.pendingCount++;
    try {
      return await operation();
    } catch (error) {
      counts[`${kind}FailureCount`]++;
      throw error;
    } finally {
      counts.pendingCount--;
    }
  };
  return {
    async run(kind, attachment, signal, operation) {
      signal?.throwIfAborted();
      assertAttachment(attachment);
      return count(kind, () => queue.run(attachment.containerId, operation, signal));
    },
    runExclusive: (kind, signal, operation) => count(kind, () => queue.runExclusive(operation, signal)),
  };
}

function checkNotSupported(version: string): CniError {
  const text = `configuration version ${JSON.stringify(version)} does not support the CHECK command`;
  return new CniError("check_not_supported", text);
}

function createContext(options: CniOptions): RuntimeContext {
  const { pluginDirs, exec = createProcessExec(), strictSpec = false, onEvent, now = systemNow } = options;
  const counts = createCounts();
  const emit = createEmit(onEvent);
  const onWarning = (event: CniWarning): void => {
    counts.warningCount++;
    emit(event);
  };
  const { cache = createFileCache({ dir: "/var/lib/cni", onEvent: onWarning }) } = options;
  return { pluginDirs, exec, cache, strictSpec, now, emit, counts };
}
