// Envoy takes and refuses the formats that the parser does.
import { accessLog, type Graph, listener, parseAccessLogFormat, routeConfiguration } from "@netmason/xds";
import { afterAll, expect, it } from "vitest";
import { acceptedFormats, refusedFormats } from "../packages/xds/test/access-log-formats.js";
import { describeWith } from "./components.js";
import { EnvoyValidator } from "./xds/envoy-process.js";
import { staticBootstrap } from "./xds/static-bootstrap.js";

const OPERATORS =
  `BYTES_RECEIVED BYTES_SENT DURATION DOWNSTREAM_TLS_VERSION HOSTNAME PROTOCOL RESPONSE_CODE RESPONSE_FLAGS
  RESPONSE_FLAGS_LONG ROUTE_NAME TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_HOST UPSTREAM_HOSTS_ATTEMPTED
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT VIRTUAL_CLUSTER_NAME`.split(/\s+/);

function logging(...formats: readonly string[]): Graph {
  const accessLogs = formats.map((inlineString) => ({
    ...accessLog.stdout(),
    typedConfig: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog" as const,
      logFormat: { textFormatSource: { inlineString } },
    },
  }));
  const routes = routeConfiguration({ name: "r", virtualHosts: [] });
  return { listeners: [listener.http({ name: "l", address: "127.0.0.1:0", routes, accessLogs })] };
}

describeWith("envoy", "parseAccessLogFormat", (program) => {
  const envoy = new EnvoyValidator(program);
  afterAll(() => envoy[Symbol.dispose]());

  it("takes what Envoy takes", () => {
    const formats = [...acceptedFormats.filter((format) => format !== ""), ...OPERATORS.map((name) => `%${name}%`)];
    for (const format of formats) expect(parseAccessLogFormat(format).length).toBeGreaterThan(0);
    expect(envoy.validate(staticBootstrap(logging(...formats))).message).toBe("");
  });

  it.each(refusedFormats)("refuses what Envoy refuses: %j", (format) => {
    expect(envoy.validate(staticBootstrap(logging(format))).accepted).toBe(false);
  });
});
