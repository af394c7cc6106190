import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { parseCniArgs } from "../../cni-args.js";
import { CniError } from "../../errors.js";
import { parseJson } from "../../internal/parse-json.js";
import { isJsonObject, type JsonValue } from "../../json-value.js";
import type { NetworkConfigList } from "../../network-config.js";
import { formatResult } from "../../result-text.js";
import type { Attachment } from "../attachment-cache.js";
import { type Cni, createCni } from "../cni.js";
import type { CniEvent } from "../cni-event.js";
import { createFileCache } from "../file-cache.js";
import { loadNetwork } from "../network-directory.js";
import { formatErrorDocument } from "../print-error.js";
import { createProcessExec } from "../process-exec.js";

/** What the command prints, and how it ends. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: 0 | 1 | 2;
}

type Environment = Readonly<Record<string, string | undefined>>;

const USAGE = `cni: adds and removes network interfaces with CNI plugins

  cni add NETWORK NETNS      attaches the network namespace NETNS and prints the result
  cni check NETWORK NETNS    checks the attachment
  cni del NETWORK NETNS      detaches it
  cni status NETWORK         asks the plugins whether they are ready
  cni gc NETWORK [--all]     prints what --all would delete: every attachment of NETWORK in the cache

Environment: CNI_PATH (directories of plugins, required), NETCONFPATH (/etc/cni/net.d), CNI_IFNAME (eth0), CNI_ARGS,
CAP_ARGS (JSON by capability), CNI_CACHE_DIR (/var/lib/cni), CNI_CONTAINERID (made from NETNS). On failure the exit
status is 1 and the error is on stdout as JSON.
`;

/** Runs the command `cni`: cnitool's variables and container id, so that either takes up what the other began. */
export async function runCommandLine(args: readonly string[], environment: Environment): Promise<CommandOutput> {
  const all = args.includes("--all");
  const [verb = "", network, netns] = args.filter((arg) => arg !== "--all");
  const needsNetns = ["add", "check", "del"].includes(verb);
  const known = needsNetns || ((verb === "status" || verb === "gc") && args.length > 1);
  if (!known || network === undefined || (needsNetns && netns === undefined)) {
    return { stdout: "", stderr: USAGE, exitCode: verb === "--help" || verb === "-h" ? 0 : 2 };
  }
  const warnings: string[] = [];
  try {
    const cni = createRuntime(environment, (text) => warnings.push(`${text}\n`));
    const list = await loadNetwork(environment.NETCONFPATH || "/etc/cni/net.d", network);
    const stdout = await runVerb(cni, verb, list, attachmentOf(netns ?? "", environment), all);
    return { stdout, stderr: warnings.join(""), exitCode: 0 };
  } catch (error) {
    return { stdout: `${formatErrorDocument(error, "1.1.0")}\n`, stderr: warnings.join(""), exitCode: 1 };
  }
}

function createRuntime({ CNI_PATH = "", CNI_CACHE_DIR }: Environment, warn: (text: string) => void): Cni {
  const onEvent = (event: CniEvent): void => {
    if (event.kind === "warning") warn(event.issue.message);
    else if (event.kind === "rollback") for (const error of event.errors) warn(`while undoing: ${String(error)}`);
  };
  return createCni({
    pluginDirs: CNI_PATH.split(":").filter((dir) => dir !== ""),
    exec: createProcessExec({ stderr: (text) => warn(text.trimEnd()) }),
    cache: createFileCache({ dir: CNI_CACHE_DIR || "/var/lib/cni", onEvent }),
    onEvent,
  });
}

function attachmentOf(netns: string, environment: Environment): Attachment {
  const { CNI_IFNAME, CNI_ARGS = "", CAP_ARGS = "", CNI_CONTAINERID } = environment;
  const path = netns === "" ? "" : resolve(netns);
  const hash = createHash("sha512").update(path).digest("hex").slice(0, 20);
  return {
    containerId: CNI_CONTAINERID || `cnitool-${hash}`,
    ifname: CNI_IFNAME || "eth0",
    netns: path,
    args: parseCniArgs(CNI_ARGS),
    capabilityArgs: readCapabilityArgs(CAP_ARGS),
  };
}

function readCapabilityArgs(text: string): Readonly<Record<string, JsonValue>> {
  if (text === "") return {};
  const value = parseJson(text);
  if (isJsonObject(value)) return value as Readonly<Record<string, JsonValue>>;
  throw new CniError("invalid_environment", "CAP_ARGS must be a JSON object");
}

async function runVerb(
  cni: Cni,
  verb: string,
  list: NetworkConfigList,
  attachment: Attachment,
  all: boolean,
): Promise<string> {
  switch (verb) {
    case "add":
      return `${formatResult(await cni.add(list, attachment), 4)}\n`;
    case "check":
      await cni.check(list, attachment);
      return "";
    case "del":
      await cni.del(list, attachment);
      return "";
    case "gc": {
      const stale = await cni.gc(list, "remove_all", { dryRun: !all });
      const lines = stale.map((entry) => `${entry.attachment.containerId} ${entry.attachment.ifname}\n`);
      return `${all ? "deleted" : "would delete"} ${stale.length}\n${lines.join("")}`;
    }
    default:
      await cni.status(list);
      return "";
  }
}
