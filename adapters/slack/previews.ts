import type { Logger } from "pino";
import type { Checked, Inbox } from "../../src/chat.ts";
import { type Clock, pause } from "./clock.ts";
import { type Fields, fieldsIn, listIn, textIn } from "./fields.ts";
import { formAction, previewBlock, previewId } from "./forms.ts";
import { readFilled } from "./interactions.ts";
import type { Reading } from "./messages.ts";
import type { Wire } from "./wire.ts";

/** What forms say while they are filled in, and when they are sent off. */
export type Previews = {
  /** Something was written in a form: its preview follows, in the background. False when it was no form. */
  follow(body: Fields, reading: Reading): boolean;
  /** What is wrong in a form sent off, by the inputs; undefined when it will do, or when that is not known in time. */
  objections(body: Fields, reading: Reading): Promise<Record<string, string> | undefined>;
};

/** Slack waits three seconds for a word on a form sent off. */
const patience = 1_500;

/** Previews over the Web API. */
export function createPreviews(wire: Wire, inbox: Inbox, clock: Clock, log: Logger): Previews {
  /** The forms whose preview is being drawn, with what was written in them meanwhile. */
  const drawing = new Map<string, Fields | undefined>();

  async function draw(body: Fields, reading: Reading): Promise<void> {
    const filled = readFilled(body, reading);
    const { preview } = (filled && (await inbox.check?.(filled))) ?? {};
    if (preview === undefined) return;
    const shown = fieldsIn(body, "view");
    const blocks = listIn(shown, "blocks").map((block) =>
      block.block_id === previewId ? previewBlock(preview) : block,
    );
    const { type, callback_id, title, submit, private_metadata } = shown;
    const view = { type, callback_id, title, submit, private_metadata, blocks };
    await wire.call("views.update", () => wire.client.apiCall("views.update", { view_id: shown.id, view }));
  }

  /** One drawing after the other; what was written meanwhile is drawn once. */
  async function drawNewest(id: string, first: Fields, reading: Reading): Promise<void> {
    try {
      for (let body: Fields | undefined = first; body; body = drawing.get(id)) {
        drawing.set(id, undefined);
        await draw(body, reading);
      }
    } catch (err) {
      // It was sent off or closed meanwhile, most likely.
      log.debug({ err }, "a form's preview could not be drawn");
    } finally {
      drawing.delete(id);
    }
  }

  return {
    follow(body, reading) {
      const id = textIn(fieldsIn(body, "view"), "id");
      const isInForm = listIn(body, "actions").some((action) => action.action_id === formAction);
      if (body.type !== "block_actions" || !id || !isInForm) return false;
      if (drawing.has(id)) drawing.set(id, body);
      else void drawNewest(id, body, reading);
      return true;
    },

    async objections(body, reading) {
      const filled = readFilled(body, reading);
      if (!filled || !inbox.check) return undefined;
      const inTime = pause(clock, patience).then((): Checked => ({}));
      const { wrong = {} } = await Promise.race([inbox.check(filled), inTime]);
      const inputs = listIn(fieldsIn(body, "view"), "blocks").filter(({ type }) => type === "input");
      const told = Object.entries(wrong).filter(([id]) => inputs.some((block) => block.block_id === id));
      return told.length > 0 ? Object.fromEntries(told) : undefined;
    },
  };
}
