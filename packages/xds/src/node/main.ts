#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { runCommandLine } from "./command-line.js";

process.exitCode = runCommandLine(process.argv.slice(2), {
  readFile: (path) => readFileSync(path, "utf8"),
  print: (text) => void process.stdout.write(`${text}\n`),
  printError: (text) => void process.stderr.write(`${text}\n`),
});
