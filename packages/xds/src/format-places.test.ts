import { compile } from "@netmason/xds";
import { describe, expect, it } from "vitest";
import { formatPlaces, plainPlaces } from "../test/format-places.js";

const errors = (graph: Parameters<typeof compile>[0]): string[] =>
  compile(graph)
    .issues.filter(({ severity }) => severity === "error")
    .map(({ rule, path }) => `${rule} ${path}`);

describe("formats are read", () => {
  it.each(formatPlaces)("in %s", (_, end, graphWith) => {
    const [first = "", ...more] = errors(graphWith("%NOSUCH%"));
    expect([first.startsWith("format_string /"), first.endsWith(end), more]).toEqual([true, true, []]);
    expect(errors(graphWith("%DURATION%"))).toEqual([]);
  });

  it.each(plainPlaces)("not in %s", (_, graphWith) => {
    expect(errors(graphWith("%NOSUCH%"))).toEqual([]);
  });

  it("in headers with an operator that logs do not have", () => {
    const [, , graphWith] = formatPlaces[0] as (typeof formatPlaces)[number];
    expect(errors(graphWith("a%PER_REQUEST_STATE(x.y)%%DURATION%"))).toEqual([]);
    expect(errors(graphWith("%PER_REQUEST_STATE()%")).length).toBe(1);
  });
});
