#!/usr/bin/env node
import { withLockSync } from "../leases/directory-lock.js";
import { createHostLocal } from "../leases/serve-leases.js";
import { runPlugin } from "../run-plugin.js";

void runPlugin(createHostLocal(withLockSync, {}));
