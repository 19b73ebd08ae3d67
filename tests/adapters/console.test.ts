import { openConsole } from "./console-platform.ts";
import { adapterContract } from "./contract.ts";

adapterContract("the console", (inbox) => openConsole(inbox));
