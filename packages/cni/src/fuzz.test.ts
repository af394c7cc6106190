import {
  type CniResult,
  convertResult,
  effectiveVersion,
  formatNetworkConfigList,
  formatResult,
  isCniError,
  type JsonValue,
  parseNetworkConfigList,
  parseResult,
  removePlugin,
  SPEC_VERSIONS,
  upsertPlugin,
} from "@netmason/cni";
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatJson } from "./internal/format-json.js";

const RUNS = 50_000;

const scalar = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    2 ** 53,
    "",
    "true",
    "10.0.0.1/8",
    "::1/64",
    "10.0.0.1",
    "x/y",
    "4",
    "6",
  ),
  fc.constantFrom<JsonValue>(...SPEC_VERSIONS, "1.2", "99.0.0", "1.0.f"),
  fc.string({ maxLength: 5 }),
);
const keys = fc.constantFrom(
  ..."cniVersion cniVersions name type plugins disableCheck disableGC loadOnlyInlinedPlugins capabilities ipam dns".split(
    " ",
  ),
  ..."prevResult runtimeConfig ips ip4 ip6 interfaces routes address ip gateway interface version dst gw mtu table".split(
    " ",
  ),
  ..."nameservers search options domain mac sandbox CNIVersion IPS __proto__ constructor toString".split(" "),
);

/** Documents that are near the right ones in every second place. */
const { document } = fc.letrec<{ document: JsonValue; value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("document"),
  ),
  document: fc.dictionary(keys, tie("value"), { maxKeys: 6 }),
}));

/** What is no `CniError` fails the test. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!isCniError(error)) throw error;
    return undefined;
  }
}

/** Texts of documents, some of them damaged. */
const text = fc
  .tuple(document, fc.nat(200), fc.constantFrom("", "", "", "}", '"', "1.0", "\\"))
  .map(([value, at, damage]) => {
    const json = formatJson(value);
    return json.slice(0, at % (json.length + 1)) + damage + json.slice(at % (json.length + 1));
  });

it(`reads ${RUNS} random configurations or refuses them with a CniError`, () => {
  let read = 0;
  fc.assert(
    fc.property(text, (each) => {
      const list = attempt(() => parseNetworkConfigList(each));
      if (list === undefined) return;
      read++;
      attempt(() => effectiveVersion(list));
      expect(parseNetworkConfigList(formatNetworkConfigList(list))).toEqual(list);
      expect(removePlugin(upsertPlugin(list, { type: "new" }), "new").plugins ?? []).toEqual(list.plugins ?? []);
    }),
    { numRuns: RUNS },
  );
  expect(read).toBeGreaterThan(RUNS / 100);
});

it(`reads ${RUNS} random results or refuses them with a CniError`, () => {
  let read = 0;
  fc.assert(
    fc.property(text, fc.constantFrom(...SPEC_VERSIONS), (each, version) => {
      const result: CniResult | undefined = attempt(() => parseResult(each, version));
      if (result === undefined) return;
      read++;
      expect(parseResult(formatResult(result))).toEqual(result);
      const converted = attempt(() => convertResult(result, version));
      if (converted !== undefined) expect(parseResult(formatResult(converted))).toEqual(converted);
    }),
    { numRuns: RUNS },
  );
  expect(read).toBeGreaterThan(RUNS / 100);
});
