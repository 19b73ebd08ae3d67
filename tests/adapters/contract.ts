import { describe } from "vitest";
import type { Inbox } from "../../src/chat.ts";
import { acting } from "./contract/acting.ts";
import { drafting } from "./contract/drafting.ts";
import { hearing } from "./contract/hearing.ts";
import { knowing } from "./contract/knowing.ts";
import { living } from "./contract/living.ts";
import type { PlatformUnderTest } from "./contract/platform.ts";
import { posting } from "./contract/posting.ts";
import { setStage } from "./contract/stage.ts";

export type { PlatformUnderTest, Saying, Seen, SeenForm } from "./contract/platform.ts";

/** The one suite every adapter passes. `open` connects an adapter to a fresh platform, hearing into the inbox given. */
export function adapterContract(name: string, open: (inbox: Inbox) => Promise<PlatformUnderTest>): void {
  describe(`${name} keeps the contract of adapters`, () => {
    const stage = setStage(open);
    hearing(stage);
    posting(stage);
    drafting(stage);
    acting(stage);
    knowing(stage);
    living(stage);
  });
}
