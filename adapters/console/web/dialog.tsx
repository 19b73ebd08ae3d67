import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { findComposer, useReturnedFocus } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { words } from "./words.ts";

/** Something over the page that keeps the focus until it is closed: by Esc, by the cross, or by a click beside it. */
export function Dialog({ title, kind, close, alert, bare, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useReturnedFocus(findComposer, () => element.current?.close());
  useLayoutEffect(() => element.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Esc
    <dialog
      ref={element}
      class={`dialog ${kind}`}
      role={alert ? "alertdialog" : undefined}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClose={() => element.current && close()}
      onClick={(event) => event.target === element.current && close()}
    >
      <div class="dialog-body">
        {!bare && (
          <header class="dialog-head">
            <h2 dir="auto">{title}</h2>
            <button type="button" class="close" aria-label={words.value.close} onClick={close}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}

type DialogProps = {
  title: string;
  kind: string;
  close: () => void;
  /** It asks about something that can't be undone. */
  alert?: boolean;
  /** Without a head of its own. */
  bare?: boolean;
  children: ComponentChildren;
};
