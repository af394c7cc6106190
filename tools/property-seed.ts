import { configureGlobal } from "fast-check";

// One seed for every run, so that a failure repeats. PROPERTY_SEED tries another one; SOAK=1 tries each property more often.
configureGlobal({
  seed: Number(process.env.PROPERTY_SEED ?? 1),
  numRuns: process.env.SOAK === "1" ? 5_000 : 200,
});
