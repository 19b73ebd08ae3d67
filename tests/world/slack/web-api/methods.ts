import { app } from "./app.ts";
import { assistant } from "./assistant.ts";
import { chat } from "./chat.ts";
import { conversations } from "./conversations.ts";
import { files } from "./files.ts";
import { marks } from "./marks.ts";
import type { Method } from "./method.ts";
import { people } from "./people.ts";
import { streams } from "./streams.ts";
import { views } from "./views.ts";

/** Every Web API method there is here, by name. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    ...app,
    ...assistant,
    ...chat,
    ...conversations,
    ...files,
    ...marks,
    ...people,
    ...streams,
    ...views,
  }),
);
