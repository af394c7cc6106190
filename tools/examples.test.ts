import { describe, expect, it } from "vitest";
import { findFences, moduleOf } from "./examples.js";

const documented = `
/**
 * Adds.
 *
 * \`\`\`ts
 * import { add } from "x";
 *
 * add(1, 2); // => 3
 * add("a"); // throws not_a_number
 * \`\`\`
 */
const text = "\`\`\`ts";
`;

describe("findFences", () => {
  it("reads comments of TypeScript, by line", () => {
    expect(findFences(documented, true)).toEqual([
      {
        line: 5,
        mode: "",
        code: ['import { add } from "x";', "", "add(1, 2); // => 3", 'add("a"); // throws not_a_number'],
      },
    ]);
  });

  it("reads documents, leaving out other languages and what is to be ignored", () => {
    const text = "```sh\nls\n```\n```ts ignore\nx\n```\n```ts no-run\ny\n```\n";
    expect(findFences(text, false)).toEqual([{ line: 7, mode: "no-run", code: ["y"] }]);
  });

  it("refuses a fence that is never closed", () => {
    expect(() => findFences("```ts\nx\n", false)).toThrow("fence: opened at line 1 and never closed");
  });
});

describe("moduleOf", () => {
  it("turns comments to assertions and counts them", () => {
    const [fence] = findFences(documented, true);
    expect(moduleOf(fence as NonNullable<typeof fence>, "x.ts:5").split("\n")).toEqual([
      'import { expect, test } from "vitest";',
      'import { add } from "x";',
      "",
      'test("x.ts:5", async () => {',
      "  expect.assertions(2);",
      "",
      "expect(add(1, 2)).toEqual(3);",
      'expect(() => add("a")).toThrow("[not_a_number]");',
      "});",
      "",
    ]);
  });

  it("only compiles what is not to run", () => {
    const fence = { line: 1, mode: "no-run", code: ['import { serve } from "x";', "await serve();"] };
    expect(moduleOf(fence, "y")).toBe(
      'import { serve } from "x";\n\nexport async function example(): Promise<void> {\nawait serve();\n}\n',
    );
  });
});
