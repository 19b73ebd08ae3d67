import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { findComposer } from "./focus.ts";
import { me } from "./live.ts";
import { placesOpen } from "./place.ts";
import { attach, unsaidAt } from "./unsaid.ts";
import { words } from "./words.ts";

/** A pane that takes the files dropped anywhere on it. */
export function DropZone({ kind, channel, thread, children }: DropZoneProps) {
  const over = useSignal(false);
  // Leaving one thing within the pane for another is not leaving the pane.
  const depth = useRef(0);
  const pane = useRef<HTMLElement>(null);
  const hold = (event: DragEvent, change: number) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    depth.current += change;
    over.value = depth.current > 0;
  };
  const drop = (event: DragEvent) => {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    depth.current = 0;
    over.value = false;
    attach(unsaidAt(me.value, channel, thread), files);
    if (pane.current) findComposer(pane.current)?.focus();
  };
  const Pane = kind === "channel" ? "main" : "aside";
  return (
    <Pane
      ref={pane}
      class={`pane ${kind}`}
      aria-label={thread ? words.value.thread : undefined}
      inert={placesOpen.value}
      onDragEnter={(event) => hold(event, 1)}
      onDragLeave={(event) => hold(event, -1)}
      onDragOver={(event) => hold(event, 0)}
      onDrop={drop}
    >
      {children}
      {over.value && (
        <div class="drop" aria-hidden="true">
          <p>{words.value.dropHere}</p>
        </div>
      )}
    </Pane>
  );
}

type DropZoneProps = { kind: "channel" | "thread"; channel: string; thread?: string; children: ComponentChildren };
