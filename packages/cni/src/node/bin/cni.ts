#!/usr/bin/env node
import { runCommandLine } from "./command-line.js";

void runCommandLine(process.argv.slice(2), process.env).then(({ stdout, stderr, exitCode }) => {
  process.exitCode = exitCode;
  process.stderr.write(stderr);
  process.stdout.write(stdout);
});
