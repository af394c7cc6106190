import { CniError } from "./errors.js";
import type { NetworkConfigList, PluginConfig } from "./network-config.js";

/** Where a plugin goes in a chain; `before` and `after` name the `type` of another one. */
export type PluginPosition = "first" | "last" | { readonly before: string } | { readonly after: string };

/**
 * A list with this plugin in it: in place of the first of its type when there is one, else at the position. Doing it
 * again gives an equal list.
 *
 * @param position - default `last`
 * @throws CniError `config_not_found` when the position names a type that is not in the list
 * @example
 * ```ts
 * import { upsertPlugin } from "@netmason/cni";
 *
 * const list = { name: "pods", cniVersion: "1.0.0", plugins: [{ type: "calico" }, { type: "portmap" }] };
 * const edited = upsertPlugin(list, { type: "istio-cni" }, { after: "calico" });
 * edited.plugins?.map(({ type }) => type); // => ["calico", "istio-cni", "portmap"]
 * ```
 * @category Configurations
 */
export function upsertPlugin(
  list: NetworkConfigList,
  plugin: PluginConfig,
  position: PluginPosition = "last",
): NetworkConfigList {
  const plugins = list.plugins ?? [];
  const present = plugins.findIndex(({ type }) => type === plugin.type);
  if (present >= 0) return { ...list, plugins: plugins.with(present, plugin) };
  return { ...list, plugins: plugins.toSpliced(indexOf(plugins, position), 0, plugin) };
}

function indexOf(plugins: readonly PluginConfig[], position: PluginPosition): number {
  if (position === "first") return 0;
  if (position === "last") return plugins.length;
  const wanted = "before" in position ? position.before : position.after;
  const found = plugins.findIndex(({ type }) => type === wanted);
  if (found < 0) throw new CniError("config_not_found", `no plugin of type ${JSON.stringify(wanted)} in the list`);
  return "before" in position ? found : found + 1;
}

/**
 * A list without the plugins of this type; the same list when there is none.
 *
 * @category Configurations
 */
export function removePlugin(list: NetworkConfigList, type: string): NetworkConfigList {
  const plugins = list.plugins?.filter((plugin) => plugin.type !== type);
  return plugins === undefined || plugins.length === list.plugins?.length ? list : { ...list, plugins };
}
