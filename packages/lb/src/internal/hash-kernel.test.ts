import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { createWasmKernel } from "./hash-kernel.js";

const TEXT = new URL("./hash-kernel.wat", import.meta.url);

describe("the committed bytes of the kernel", () => {
  it("are what wabt makes of its text (vitest -u writes them anew)", async () => {
    const { parseWat } = await wabt();
    const module = parseWat("hash-kernel.wat", readFileSync(TEXT, "utf8"));
    module.validate();
    const { buffer } = module.toBinary({});
    module.destroy();
    const hex = Buffer.from(buffer).toString("hex");
    const source = `// Generated from hash-kernel.wat by hash-kernel.test.ts.\nexport const HASH_KERNEL_HEX: string =\n  "${hex}";\n`;
    await expect(source).toMatchFileSnapshot("./hash-kernel-bytes.ts");
  });
});

describe("createWasmKernel", () => {
  it("is undefined where WebAssembly is absent or refused", () => {
    const refused = class {
      constructor() {
        throw new EvalError("refused by the content security policy");
      }
    };
    expect(createWasmKernel({})).toBeUndefined();
    expect(createWasmKernel({ WebAssembly: { Module: refused, Instance: refused } })).toBeUndefined();
    expect(createWasmKernel()).toBeDefined();
  });
});
