import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.js";

/** What a command prints when a user runs it in a project that has the package installed. */
interface SmokeCommand {
  readonly args: readonly string[];
  /** The last line of what it prints. */
  readonly last: string;
  /** Whether it ends with another code than 0. */
  readonly fails?: true;
}

const GATEWAY = `static_resources:
  listeners:
  - name: web
    address: { socket_address: { address: 127.0.0.1, port_value: 80 } }
    filter_chains:
    - filters:
      - name: http
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ingress
          route_config:
            virtual_hosts:
            - { name: shop, domains: ["*"], routes: [{ match: { prefix: / }, redirect: { path_redirect: /cart } }] }
          http_filters:
          - { name: r, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }
`;

const FILES: Readonly<Record<string, string>> = {
  "gateway.yaml": GATEWAY,
  "broken.yaml": GATEWAY.replace("stat_prefix: ingress", 'stat_prefix: ""'),
};

const COMMANDS: readonly SmokeCommand[] = [
  { args: ["lint", "gateway.yaml"], last: "0 errors, 0 warnings in 1 file" },
  { args: ["lint", "broken.yaml"], last: "1 error, 0 warnings in 1 file", fails: true },
  { args: ["route", "gateway.yaml", "--request", "GET http://a/b"], last: "→ 301 to http://a/cart" },
];

/** Runs `xds` in a project where it is installed, as `npx` finds it; gives what was seen. */
export function smokeXdsCommand(project: string): string {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(project, name), text);
  for (const { args, last, fails = false } of COMMANDS) {
    const { text, failed } = run(args, project);
    const line = text.trimEnd().split("\n").at(-1);
    if (line === last && failed === fails) continue;
    throw new Error(`xds ${args.join(" ")}: ${JSON.stringify(line)} instead of ${JSON.stringify(last)}\n${text}`);
  }
  return "xds checks and explains";
}

function run(args: readonly string[], cwd: string): { readonly text: string; readonly failed: boolean } {
  try {
    return { text: runCommand("npx", ["--no-install", "xds", ...args], { cwd }), failed: false };
  } catch (error) {
    return { text: (error as Error).message, failed: true };
  }
}
