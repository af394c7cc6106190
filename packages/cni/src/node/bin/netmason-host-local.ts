#!/usr/bin/env node
import { CniError } from "../../errors.js";
import type { Delegates } from "../delegates.js";
import { withLockSync } from "../leases/directory-lock.js";
import { createHostLocal } from "../leases/serve-leases.js";
import { runProcess } from "../plugin-process.js";

/** It calls nobody, so what calls plugins stays out of the file. */
const none: Delegates = {
  delegate() {
    throw new CniError("internal", "host-local has no delegates");
  },
  undo: async () => [],
};

void runProcess(createHostLocal(withLockSync, {}), () => none);
