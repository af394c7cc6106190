import { CniError } from "../../errors.js";
import type { Exec, ExecCall } from "../exec.js";
import type { ContractCase } from "./contract-case.js";
import { expectEqual, expectRejection, expectThat } from "./expect-that.js";

/** What the executor under test must offer, besides an `Exec`. */
export interface ExecContractSubject {
  readonly exec: Exec;
  /** Directories for `find`. */
  readonly dirs: readonly string[];
  /**
   * Type of a plugin that answers ADD with a result whose one interface is named by its container id, fails DEL with code
   * 11 and message `later`, and supports 1.1.0.
   */
  readonly type: string;
}

/**
 * What every `Exec` must do.
 *
 * @category Testing
 */
export function execContract(
  create: () => ExecContractSubject | Promise<ExecContractSubject>,
): readonly ContractCase[] {
  const with1 = (name: string, run: (subject: ExecContractSubject) => Promise<void>): ContractCase => ({
    name,
    run: async () => run(await create()),
  });
  return [
    with1("finds the plugin", async ({ exec, dirs, type }) => {
      expectThat((await exec.find(type, dirs)).endsWith(`/${type}`), "the path ends with the type");
    }),
    with1("refuses names that are none", async ({ exec, dirs }) => {
      await expectRejection(exec.find("", dirs), "plugin_not_found");
      await expectRejection(exec.find("a/b", dirs), "plugin_not_found");
      await expectRejection(exec.find("no-such-plugin", []), "plugin_not_found");
      await expectRejection(exec.find("no-such-plugin", dirs), "plugin_not_found");
    }),
    with1("passes input and variables, and gives stdout as it is", async ({ exec, dirs, type }) => {
      const call = await callOf(exec, dirs, type, "ADD");
      const { stdout, exitCode, signal } = await exec.run(call);
      expectEqual([exitCode, signal], [0, null], "end");
      expectEqual(JSON.parse(stdout), { cniVersion: "1.1.0", interfaces: [{ name: "c-42" }] }, "stdout");
    }),
    with1("resolves when the plugin fails", async ({ exec, dirs, type }) => {
      const { stdout, exitCode, signal } = await exec.run(await callOf(exec, dirs, type, "DEL"));
      expectEqual([exitCode, signal], [1, null], "end");
      const { code, msg } = JSON.parse(stdout) as { readonly code: number; readonly msg: string };
      expectEqual([code, msg], [11, "later"], "error document");
    }),
    with1("does not start once aborted", async ({ exec, dirs, type }) => {
      const reason = new CniError("internal", "enough");
      const call = await callOf(exec, dirs, type, "ADD");
      const end = await exec.run(call, { signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
      expectThat(end === reason, "run must reject with the signal's reason");
    }),
    with1("says so when what it should call cannot be started", async ({ exec, dirs, type }) => {
      const call = await callOf(exec, dirs, type, "ADD");
      await expectRejection(exec.run({ ...call, path: `${call.path}-gone` }), "io_failure");
    }),
  ];
}

async function callOf(exec: Exec, dirs: readonly string[], type: string, verb: "ADD" | "DEL"): Promise<ExecCall> {
  return {
    path: await exec.find(type, dirs),
    stdin: JSON.stringify({ cniVersion: "1.1.0", name: "lab", type }),
    cni: {
      CNI_COMMAND: verb,
      CNI_CONTAINERID: "c-42",
      CNI_NETNS: "/run/netns/no-such-namespace",
      CNI_IFNAME: "eth0",
      CNI_ARGS: "",
      CNI_PATH: dirs.join(":"),
    },
  };
}
