import { useEffect } from "preact/hooks";
import { Announcer } from "./announcer.tsx";
import { findComposer } from "./focus.ts";
import { FormDialog, waitingForm } from "./form.tsx";
import { Home } from "./home.tsx";
import { anywhere } from "./keys.ts";
import { connection } from "./live.ts";
import { Menus } from "./menu.tsx";
import { notice } from "./notice.ts";
import { Overlays } from "./overlays.tsx";
import { ChannelPane, ThreadPane } from "./panes.tsx";
import { place, placesOpen } from "./place.ts";
import { Sidebar } from "./sidebar.tsx";
import { words } from "./words.ts";

/** The whole page: places on the left, what is said there, and a thread beside it. */
export function App() {
  const here = place.value;
  const form = waitingForm.value;
  useEffect(() => {
    addEventListener("keydown", anywhere);
    return () => removeEventListener("keydown", anywhere);
  }, []);
  return (
    <div class={`app${here?.thread ? " with-thread" : ""}`}>
      <button
        type="button"
        class="skip"
        onClick={() => (document.querySelector<HTMLElement>(".frame") ?? findComposer())?.focus()}
      >
        {words.value.skip}
      </button>
      <Sidebar />
      {placesOpen.value && (
        <button
          type="button"
          class="veil"
          tabIndex={-1}
          aria-label={words.value.close}
          onClick={() => (placesOpen.value = false)}
        />
      )}
      {here?.home && <Home />}
      {here?.channel && <ChannelPane key={here.channel.id} channel={here.channel} />}
      {here?.thread && <ThreadPane key={here.thread} channel={here.channel} thread={here.thread} />}
      {connection.value !== "live" && (
        <p class="connection" role="status">
          <span class="dots" aria-hidden="true" />
          {words.value[connection.value]}
        </p>
      )}
      {notice.value && (
        <p class="connection" role="status">
          {notice}
        </p>
      )}
      {form ? <FormDialog key={form.id} {...form} /> : <Overlays />}
      <Menus />
      <Announcer />
    </div>
  );
}
