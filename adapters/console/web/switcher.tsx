import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { Avatar } from "./avatar.tsx";
import { Dialog } from "./dialog.tsx";
import { findComposer } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { bot, commands, me, people, places } from "./live.ts";
import { quote } from "./message-acts.ts";
import { closeOverlay, overlay } from "./overlay.ts";
import { actAs, go, homeHref, place, titleOf } from "./place.ts";
import { theme, themes } from "./theme.ts";
import { unsaidAt } from "./unsaid.ts";
import { language, languages, words } from "./words.ts";

/** Somewhere to go, somebody to be, or something to do. */
type Goal = { name: string; kind: string; face?: `${string}:${string}`; reach: () => void };

/** Goes anywhere by a few letters; or picks where a message is passed on to. */
export function Switcher({ passOn }: { passOn?: string }) {
  const typed = useSignal("");
  const chosen = useSignal(0);
  const listId = useId();
  const sought = typed.value.trim().toLowerCase();
  const all = passOn ? passOnGoals(passOn) : goals();
  const begins = ({ name }: Goal) => name.toLowerCase().replace(/^\W+/, "").startsWith(sought.replace(/^\W+/, ""));
  const found = all
    .filter(({ name, kind }) => `${name} ${kind}`.toLowerCase().includes(sought))
    .sort((a, b) => Number(begins(b)) - Number(begins(a)));
  const now = Math.min(chosen.value, found.length - 1);
  const title = passOn ? words.value.passOnTo : words.value.jump;

  const reach = (goal: Goal | undefined) => {
    if (!goal) return;
    closeOverlay();
    // Once this dialog has given back the focus.
    setTimeout(goal.reach);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen.value = (now + step + found.length) % Math.max(1, found.length);
    else if (event.key === "Enter") reach(found[now]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={title} kind="switcher" bare close={closeOverlay}>
      <div class="search">
        <Icon name={passOn ? "forward" : "search"} />
        <input
          autofocus
          dir="auto"
          role="combobox"
          aria-label={title}
          aria-expanded={found.length > 0}
          aria-autocomplete="list"
          aria-controls={listId}
          aria-activedescendant={now >= 0 ? `${listId}-${now}` : undefined}
          placeholder={passOn ? title : words.value.jumpHint}
          value={typed.value}
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
            chosen.value = 0;
          }}
          onKeyDown={keys}
        />
      </div>
      <div class="goals" id={listId} role="listbox" aria-label={title}>
        {found.map((goal, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
          <div
            key={`${goal.kind} ${goal.name}`}
            id={`${listId}-${n}`}
            role="option"
            tabIndex={-1}
            aria-selected={n === now}
            ref={(element) => {
              if (n === now) element?.scrollIntoView({ block: "nearest" });
            }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => reach(goal)}
          >
            {goal.face && <Avatar id={goal.face} small />}
            <span class="name">{goal.name}</span>
            <span class="kind">{goal.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p class="nothing" role="status">
          {words.value.nothingFound}
        </p>
      )}
    </Dialog>
  );
}

function goals(): Goal[] {
  const say = words.value;
  const here = place.value?.channel ?? places.value[0];
  return [
    { name: say.home, kind: say.placeKind, reach: () => (location.hash = homeHref) },
    ...places.value.map((channel) => ({
      name: titleOf(channel),
      kind: channel.with ? say.direct : say.placeKind,
      reach: () => go(channel.id),
    })),
    ...people.value
      .filter(({ id }) => id !== me.value)
      .map(({ id, name }) => ({ name, kind: say.personKind, face: id, reach: () => actAs(id) })),
    ...commands.value.map(({ name, does }) => ({
      name: `/${name}`,
      kind: does,
      reach: () => here && begin(here.id, `/${name} `),
    })),
    ...themes.map((choice) => ({ name: say[choice], kind: say.theme, reach: () => (theme.value = choice) })),
    ...(["en", "zh-TW"] as const)
      .filter((other) => other !== language.value)
      .map((other) => ({ name: languages[other], kind: say.language, reach: () => (language.value = other) })),
    { name: say.keys, kind: "?", reach: () => (overlay.value = { kind: "keys" }) },
  ];
}

function passOnGoals(message: string): Goal[] {
  return places.value.map((channel) => ({
    name: titleOf(channel),
    kind: channel.with ? words.value.directWith : words.value.everyone,
    ...(channel.with && { face: bot.value.id }),
    reach: () => {
      quote(message, channel.id);
      go(channel.id);
    },
  }));
}

/** Begins to write there, before what was begun. A field that is not there yet takes the focus once it is. */
function begin(channel: string, text: string): void {
  const { begun } = unsaidAt(me.peek(), channel);
  if (!begun.peek().startsWith("/")) begun.value = text + begun.peek();
  if (place.peek()?.channel?.id === channel) findComposer(document.querySelector(".channel.pane") ?? document)?.focus();
  else go(channel);
}
