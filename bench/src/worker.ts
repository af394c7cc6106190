// One process of the bench: holds one contender at a time and answers the requests of protocol.ts.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { casesOf } from "./areas.js";
import { type Inputs, isGoContender, type NodeContender, type Task } from "./bench-case.js";
import { taskBytes } from "./heap-delta.js";
import { packageVersion } from "./package-version.js";
import type { Bytes, Closed, Failed, Opened, Request, Round } from "./protocol.js";

let current: Task | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  let reply: Opened | Round | Bytes | Closed | Failed;
  try {
    reply = await answer(JSON.parse(line) as Request);
  } catch (error) {
    reply = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function answer(request: Request): Promise<Opened | Round | Bytes | Closed> {
  if (request.ask === "open") return open(request);
  if (request.ask === "close") {
    const closing = current;
    current = undefined;
    await closing?.close?.();
    return { peakRssBytes: process.resourceUsage().maxRSS * 1024 };
  }
  if (current === undefined) throw new Error(`${request.ask} before open`);
  return request.ask === "round" ? timeRound(current, request.iterations) : readBytes(current);
}

async function open(request: Request & { ask: "open" }): Promise<Opened> {
  const contender = await findContender(request);
  const inputs = JSON.parse(readFileSync(request.inputs, "utf8")) as Inputs;
  current = await contender.prepare(inputs);
  return { answers: await current.answers(), version: packageVersion(contender.package, contender.installedIn) };
}

async function findContender(request: Request & { ask: "open" }): Promise<NodeContender> {
  const cases = await casesOf(request.area, { quick: request.quick });
  const found = cases.find(({ name }) => name === request.case);
  if (found === undefined) throw new Error(`no case ${request.case} in area ${request.area}`);
  const contender = [found.ours, ...found.peers].find(({ name }) => name === request.contender);
  if (contender === undefined || isGoContender(contender)) {
    throw new Error(`no contender ${request.contender} in case ${request.case} runs in Node`);
  }
  return contender;
}

/** Other contenders ran since the last round, so a short untimed start brings code and data back into the caches. */
async function timeRound(task: Task, iterations: number): Promise<Round> {
  await task.run(Math.floor(iterations / 10));
  const cpuBefore = process.cpuUsage();
  const before = process.hrtime.bigint();
  await task.run(iterations);
  const ns = Number(process.hrtime.bigint() - before);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ns, cpuNs: (user + system) * 1_000 };
}

async function readBytes(task: Task): Promise<Bytes> {
  const bytes = await taskBytes(task);
  const roundTrips = await task.roundTrips?.();
  return { ...(bytes === undefined ? {} : { bytes }), ...(roundTrips === undefined ? {} : { roundTrips }) };
}
