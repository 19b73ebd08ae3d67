// Writes docs/when.md anew from the table of examples. Run it with: npx tsx scripts/write-when-doc.mjs
import { writeFileSync } from "node:fs";
import { whenPage } from "../src/schedules/when/when-page.ts";

writeFileSync(new URL("../docs/when.md", import.meta.url), whenPage());
