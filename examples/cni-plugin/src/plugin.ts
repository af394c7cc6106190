import { runPlugin } from "@netmason/cni/node";
import { createBridgePlugin } from "./bridge-plugin.js";
import { ip } from "./links.js";

void runPlugin(createBridgePlugin(ip));
