import { randomUUID } from "node:crypto";
import type { Address, Checked, Filled, PersonId } from "../../src/chat.ts";
import { shortcutsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import type { Answering, Asking } from "./asking.ts";
import { checkedValues } from "./form-values.ts";
import { addressOf, authorOf, toChatMessage } from "./hear.ts";
import {
  answer,
  Choosing,
  Completing,
  Dismissing,
  Looking,
  Picking,
  Pressing,
  RatingOne,
  Refusal,
  Submitting,
} from "./requests.ts";

type Acts = "press" | "pick" | "submit" | "preview" | "dismiss" | "rate" | "choose" | "complete" | "home" | "direct";

/** What people do besides saying something. */
export function actingRoutes(asking: Asking): Record<Acts, Answering> {
  const { workspace, about, now } = asking.parts;

  /** Somebody's DM with the bot. */
  function directOf(as: PersonId): Address {
    const channel = workspace.channels.find((one) => one.with === as)?.id ?? "";
    return { adapter: "console", channel };
  }
  const doing = (as: PersonId) => ({ person: authorOf(workspace, as), whisper: { person: as }, at: now() });

  const press: Answering = async (request, response) => {
    const { message: id, button: name, value, as, key = randomUUID() } = await asking.body(request, Pressing);
    const onPage = id === "home";
    const { card } = onPage ? (about.of(as).home ?? {}) : asking.found(id, as);
    const button = card?.buttons?.find(
      (button) => button.id === name && (value === undefined || button.value === value),
    );
    if (!button) throw new Refusal(409, "no_such_button", "This button is no longer there.");
    const address = onPage ? directOf(as) : addressOf(asking.found(id, as));
    await asking.hear({
      key: `console:press:${as}:${key}`,
      kind: "press",
      press: {
        ...doing(as),
        id: button.id,
        ...(button.value !== undefined && { value: button.value }),
        address,
        message: id,
        whisper: { person: as, ...(button.opens && { via: about.ticket(as, address) }) },
      },
    });
    answer(response, 202, { pressed: button.id });
  };

  const pick: Answering = async (request, response) => {
    const { message: id, shortcut: name, as, key = randomUUID() } = await asking.body(request, Picking);
    const names = shortcutsIn(wordsOf("en")).map((shortcut) => shortcut.name);
    const shortcut = names.find((one) => one === name);
    if (!shortcut)
      throw new Refusal(400, "no_such_shortcut", `There is no shortcut ${name}. There is ${names.join(", ")}.`);
    const message = asking.found(id, as);
    await asking.hear({
      key: `console:shortcut:${as}:${key}`,
      kind: "shortcut",
      shortcut: {
        ...doing(as),
        name: shortcut,
        message: toChatMessage(workspace, message),
        whisper: { person: as, via: about.ticket(as, addressOf(message)) },
      },
    });
    answer(response, 202, { shortcut });
  };

  const submit: Answering = async (request, response) => {
    const { form: id, as, values } = await asking.body(request, Submitting);
    const { form } = waiting(id, as);
    const filled = filledIn(as, id, checkedValues(form, values));
    const [wrong] = Object.entries((await checked(filled)).wrong ?? {});
    if (wrong) throw new Refusal(422, "will_not_do", wrong[1], { input: wrong[0] });
    await asking.hear({ key: `console:submit:${id}`, kind: "submit", submit: { ...doing(as), ...filled } });
    about.close(as, id);
    answer(response, 202, { submitted: form.id });
  };

  const preview: Answering = async (request, response) => {
    const { form: id, as, values } = await asking.body(request, Submitting);
    const { preview } = await checked(filledIn(as, id, values));
    answer(response, 200, preview === undefined ? {} : { preview });
  };

  /** A form as it is filled in now. */
  function filledIn(as: PersonId, id: string, values: Record<string, string>): Filled {
    const { form, address } = waiting(id, as);
    const { id: name, value } = form;
    return { id: name, ...(value !== undefined && { value }), values, address, person: authorOf(workspace, as) };
  }

  const checked = async (filled: Filled): Promise<Checked> => (await asking.listening().check?.(filled)) ?? {};

  const dismiss: Answering = async (request, response) => {
    const { form: id, as } = await asking.body(request, Dismissing);
    const { form } = waiting(id, as);
    about.close(as, id);
    answer(response, 200, { dismissed: form.id });
  };

  function waiting(id: string, as: PersonId) {
    const found = about.form(as, id);
    if (!found) throw new Refusal(409, "no_such_form", "This form is no longer open.");
    return found;
  }

  const rate: Answering = async (request, response) => {
    const { message: id, as, rating: rated } = await asking.body(request, RatingOne);
    const message = asking.found(id, as);
    if (!message.rating) throw new Refusal(409, "no_rating", "This message can't be rated.");
    await asking.hear({
      key: `console:rating:${as}:${randomUUID()}`,
      kind: "press",
      press: { ...doing(as), id: rated, value: message.rating.value, address: addressOf(message), message: id },
    });
    workspace.rate(id, as, rated);
    await asking.kept(id);
    answer(response, 202, { rated });
  };

  const choose: Answering = async (request, response) => {
    const { as, language } = await asking.body(request, Choosing);
    await about.choose(as, language);
    answer(response, 200, { language });
  };

  const complete: Answering = async (_request, response, url) => {
    const { as, field, typed, channel, thread } = asking.query(url, Completing);
    asking.place(as, channel, thread);
    const address = { adapter: "console", channel, ...(thread && { thread }) };
    answer(response, 200, { suggestions: await asking.listening().suggest({ field, typed, address, person: as }) });
  };

  const opened =
    (what: "home" | "direct"): Answering =>
    async (_request, response, url) => {
      const { as } = asking.query(url, Looking);
      const { person, at } = doing(as);
      await asking.hear({
        key: `console:opened:${as}:${randomUUID()}`,
        kind: "opened",
        what,
        address: directOf(as),
        person,
        at,
      });
      answer(response, 200, { looked: what });
    };

  return {
    press,
    pick,
    submit,
    preview,
    dismiss,
    rate,
    choose,
    complete,
    home: opened("home"),
    direct: opened("direct"),
  };
}
