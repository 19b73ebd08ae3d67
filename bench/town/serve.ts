// A simulated platform with its crowd and its stopwatch, in a process of its own: serve.ts slack|discord real|off
import { obey, watch } from "./crowd.ts";
import { openDiscord } from "./discord.ts";
import type { Order, TownMessage, Watch } from "./order.ts";
import { openSlack } from "./slack.ts";

const [platform, limits] = process.argv.slice(2);
const tell = (message: TownMessage) => process.send?.(message);

const place = await (platform === "discord" ? openDiscord : openSlack)(limits === "real" ? "real" : "off");
process.on("message", async (order: Order | Watch) => {
  if ("mentions" in order) tell({ kind: "seen", sightings: await obey(place, order) });
  else tell({ kind: "watched", watched: await watch(place, order) });
});
process.once("disconnect", () => process.exit(0));
tell({ kind: "open", env: place.env, channels: place.channels });
