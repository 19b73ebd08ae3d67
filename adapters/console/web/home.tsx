import { useEffect } from "preact/hooks";
import bell from "./bell.svg";
import { ContentView } from "./content.tsx";
import { me, you } from "./live.ts";
import { PlacesButton } from "./panes.tsx";
import { placesOpen } from "./place.ts";
import { look } from "./request.ts";
import { understood } from "./tell-language.ts";
import { language, words } from "./words.ts";

/** The bot's own page for whoever acts. */
export function Home() {
  const content = you.value?.home;
  const ready = understood.value;
  useEffect(() => {
    if (ready) void look("home");
  }, [ready, me.value, language.value]);
  return (
    <main class="pane home" inert={placesOpen.value}>
      <header class="head">
        <PlacesButton />
        <h1>{words.value.home}</h1>
        <span class="about">{words.value.homeAbout}</span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="frame" tabIndex={0} aria-label={words.value.homeAbout} data-part>
        {content ? (
          <div class="sheet">
            <ContentView id="home" content={content} />
          </div>
        ) : (
          <div class="empty">
            <img src={bell} alt="" width={40} height={40} />
            <p class="title">{words.value.homeEmpty}</p>
            <p>{words.value.homeEmptyText}</p>
          </div>
        )}
      </section>
    </main>
  );
}
