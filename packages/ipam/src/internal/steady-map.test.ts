import fc from "fast-check";
import { expect, it } from "vitest";
import { SteadyMap } from "./steady-map.js";

it("answers as a map does, whatever comes and goes", () => {
  const step = fc.record({ key: fc.nat(200).map(String), set: fc.boolean(), repeat: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [steady, plain] = [new SteadyMap<{ n: number }>(), new Map<string, { n: number }>()];
      for (const { key, set, repeat } of steps) {
        for (let index = 0; index < repeat; index += 1) {
          const each = `${key}-${index}`;
          if (set) {
            steady.set(each, { n: index });
            plain.set(each, { n: index });
          } else expect(steady.delete(each)).toBe(plain.delete(each));
          expect(steady.has(each)).toBe(plain.has(each));
        }
      }
      for (let key = 0; key <= 200; key += 1) expect(steady.get(`${key}-0`)).toEqual(plain.get(`${key}-0`));
      expect(new Set([...steady.values()])).toEqual(new Set(plain.values()));
      expect(new Set(steady.keys())).toEqual(new Set(plain.keys()));
      expect(steady.size).toBe(plain.size);
      steady.clear();
      expect([...steady.values()]).toEqual([]);
    }),
  );
});
