import type { RuleSource } from "./rule-source.js";

/** Where resources of discovery are looked up. */
export const NO_LOCATOR: RuleSource = {
  when: "it && !/^(xdstp|http|file):/.test(it)",
  says: "must begin with xdstp:, http: or file:",
};
