import type { NetworkConfigList } from "./network-config.js";

/**
 * The capabilities that some plugin of the list takes, each once, in order: what a runtime should pass arguments for.
 *
 * @category Configurations
 */
export function enabledCapabilities({ plugins = [] }: NetworkConfigList): readonly string[] {
  const enabled = plugins.flatMap(({ capabilities = {} }) =>
    Object.keys(capabilities).filter((name) => capabilities[name] === true),
  );
  return [...new Set(enabled)];
}
