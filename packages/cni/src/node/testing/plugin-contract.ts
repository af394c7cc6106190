import { parseJson } from "../../internal/parse-json.js";
import { isJsonObject, type JsonObject } from "../../json-value.js";
import { parseResult } from "../../result-text.js";
import type { ExecResult } from "../exec.js";
import type { Plugin } from "../plugin.js";
import { createPluginExec } from "../plugin-exec.js";
import type { ContractCase } from "./contract-case.js";
import { expectEqual, expectThat } from "./expect-that.js";

/** What a plugin needs to be called with. */
export interface PluginContractOptions {
  /** Configuration without `name`, `cniVersion`, `type`. Default `{}`. */
  readonly config?: JsonObject;
  /** Default: a path that does not exist. */
  readonly netns?: string;
  /** Other plugins it delegates to. */
  readonly delegates?: Readonly<Record<string, Plugin>>;
  /** For a plugin that must not be the first in its chain. */
  readonly prevResult?: JsonObject;
}

/**
 * What every plugin must do, whatever it is for: one document, errors with a code, DEL that can be repeated, a result in
 * the version asked for.
 *
 * @param create - a plugin for each case; what it keeps outside of itself must be fresh too
 * @category Testing
 */
export function pluginContract(create: () => Plugin, options: PluginContractOptions = {}): readonly ContractCase[] {
  const { versions } = create();
  return [
    ...versions.map((version) => ({
      name: `answers ADD in ${version}, and DEL three times`,
      run: () => expectLife(create(), version, options),
    })),
    {
      name: "succeeds at DEL of what was never added, without namespace",
      run: () => expectLooseDel(create(), options),
    },
    { name: "lists its versions", run: () => expectVersions(create()) },
    { name: "refuses a version it does not list", run: () => expectRefusal(create(), options) },
  ];
}

type Call = (verb: string, cniVersion: string, netns?: string) => Promise<ExecResult>;

function callerOf(plugin: Plugin, { config = {}, delegates = {}, prevResult, ...rest }: PluginContractOptions): Call {
  const exec = createPluginExec({ ...delegates, "under-test": plugin });
  return async (verb, cniVersion, netns = rest.netns ?? "/run/netns/no-such-namespace") => {
    const previous = prevResult === undefined ? {} : { prevResult: { ...prevResult, cniVersion } };
    return exec.run({
      path: await exec.find("under-test", ["/"]),
      stdin: JSON.stringify({ ...config, ...previous, name: "contract", type: "under-test", cniVersion }),
      cni: {
        CNI_COMMAND: verb,
        CNI_CONTAINERID: "contract-1",
        CNI_NETNS: netns,
        CNI_IFNAME: "eth0",
        CNI_ARGS: "",
        CNI_PATH: "/",
      },
    });
  };
}

async function expectLife(plugin: Plugin, version: string, options: PluginContractOptions): Promise<void> {
  const call = callerOf(plugin, options);
  const added = await call("ADD", version);
  expectEqual([added.exitCode, added.exitCode === 0 ? "" : added.stdout], [0, ""], "end of ADD");
  expectEqual(parseResult(added.stdout).cniVersion, version, "version of the result");
  for (const time of ["first", "second", "third"]) {
    const { exitCode, stdout } = await call("DEL", version);
    expectEqual([exitCode, stdout], [0, ""], `end of the ${time} DEL`);
  }
}

async function expectLooseDel(plugin: Plugin, options: PluginContractOptions): Promise<void> {
  const { prevResult: _, ...without } = options;
  const { exitCode, stdout } = await callerOf(plugin, without)("DEL", plugin.versions.at(-1) ?? "", "");
  expectEqual([exitCode, stdout], [0, ""], "end of DEL");
}

async function expectVersions(plugin: Plugin): Promise<void> {
  const { exitCode, stdout } = await callerOf(plugin, {})("VERSION", "");
  const answer = parseJson(stdout);
  expectThat(exitCode === 0 && isJsonObject(answer), "VERSION answers with an object");
  expectEqual(answer.supportedVersions, plugin.versions, "supportedVersions");
}

async function expectRefusal(plugin: Plugin, options: PluginContractOptions): Promise<void> {
  const { exitCode, stdout } = await callerOf(plugin, options)("ADD", "0.0.9");
  const answer = parseJson(stdout);
  expectThat(exitCode === 1 && isJsonObject(answer), "a refusal is an error document");
  expectEqual(answer.code, 1, "code");
}
