// Writes the reference in docs/configuration.md anew from the schema. Run it with: npx tsx scripts/write-configuration-doc.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { configurationReference } from "../src/config/reference.ts";

const page = new URL("../docs/configuration.md", import.meta.url);
const [before] = readFileSync(page, "utf8").split(/^## Reference\n/m);
writeFileSync(page, `${before}## Reference\n\n${configurationReference()}`);
