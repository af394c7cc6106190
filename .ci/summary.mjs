// Adds up the results of the test runs and of the other steps; the last line is the verdict.
import { readdirSync, readFileSync } from "node:fs";

const total = { passed: 0, failed: 0, skipped: 0 };
const folder = process.argv[2];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const result = JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));
  total.passed += result.numPassedTests;
  total.failed += result.numFailedTests + (result.success ? 0 : result.numFailedTests === 0 ? 1 : 0);
  total.skipped += result.numPendingTests + result.numTodoTests;
}
for (const line of readFileSync(`${folder}/steps`, "utf8").trim().split("\n")) {
  const [seconds, status, ...name] = line.split(" ");
  if (status === "ok") total.passed++;
  else total.failed++;
  console.log(`${seconds.padStart(5)} s  ${status.padEnd(6)} ${name.join(" ")}`);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
