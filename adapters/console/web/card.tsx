import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Button, Card as CardContent } from "../../../src/chat.ts";
import { Icon } from "./icon.tsx";
import { Prose } from "./prose.tsx";
import { send } from "./request.ts";
import { words } from "./words.ts";

/** Fields and buttons. `stop`: what stands in it is still being written, and its button ends that. */
export function Card({ message, card, stop, names }: CardProps) {
  const { fields, buttons } = card;
  return (
    <div class={fields?.length ? "card" : undefined}>
      {fields && fields.length > 0 && (
        <dl class="fields">
          {fields.map(({ name, value }) => (
            <div key={name}>
              <dt dir="auto">{name}</dt>
              <dd>
                <Prose text={value} names={names} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {buttons && buttons.length > 0 && <Buttons message={message} buttons={buttons} stop={stop} />}
    </div>
  );
}

type CardProps = { message: string; card: CardContent; stop: boolean; names: string[] };

const keyOf = ({ id, value }: Button) => `${id} ${value ?? ""}`;

/** How long a button shows that it was pressed, while nothing else changes. */
const pressedMs = 2_500;

function Buttons({ message, buttons, stop }: { message: string; buttons: Button[]; stop: boolean }) {
  const pressing = useSignal<string | undefined>(undefined);
  const pressed = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  useEffect(() => {
    if (!pressed.value) return;
    const timer = setTimeout(() => {
      pressed.value = undefined;
    }, pressedMs);
    return () => clearTimeout(timer);
  }, [pressed.value]);

  const press = async (button: Button) => {
    // A disabled button loses the focus, so it only says that it is busy.
    if (pressing.value) return;
    const { id, value } = button;
    pressing.value = keyOf(button);
    problem.value = undefined;
    const takes = { message, button: id, ...(value !== undefined && { value }), key: crypto.randomUUID() };
    const outcome = await send("presses", takes);
    problem.value = outcome.problem;
    if (outcome.problem === undefined) pressed.value = pressing.value;
    pressing.value = undefined;
  };
  return (
    <div class="buttons">
      {buttons.map((button) => {
        const key = keyOf(button);
        const busy = pressing.value === key;
        const done = pressed.value === key;
        return (
          <button
            key={key}
            type="button"
            class={`${stop ? "stop" : (button.style ?? "plain")}${busy ? " busy" : ""}${done ? " pressed" : ""}`}
            aria-disabled={pressing.value !== undefined}
            aria-busy={busy}
            onClick={() => press(button)}
          >
            {stop ? <Icon name="stop" /> : done && <Icon name="check" />}
            <span dir="auto">{button.text}</span>
            {done && <span class="hidden"> ({words.value.pressed})</span>}
          </button>
        );
      })}
      {problem.value && (
        <span class="problem" role="alert">
          {problem.value}
        </span>
      )}
    </div>
  );
}
