import type { ComponentChild } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Avatar } from "./avatar.tsx";
import bell from "./bell.svg";
import { Icon } from "./icon.tsx";
import { jumpKeys } from "./keys.ts";
import { me, people, places } from "./live.ts";
import { overlay } from "./overlay.ts";
import { actAs, homeHref, hrefOf, place, placesOpen, titleOf } from "./place.ts";
import { theme, themes } from "./theme.ts";
import { unreadIn } from "./unread.ts";
import { language, languages, words } from "./words.ts";

/** The places to talk, who one acts as, and the look of the page. */
export function Sidebar() {
  const channels = places.value.filter((channel) => !channel.with);
  const direct = places.value.filter((channel) => channel.with);
  return (
    <nav class={`sidebar${placesOpen.value ? " open" : ""}`} aria-label={words.value.places} data-part tabIndex={-1}>
      {placesOpen.value && <DrawerFocus />}
      <div class="brand">
        <img src={bell} alt="" />
        <span>Bellhop</span>
        <button
          type="button"
          class="tiny"
          aria-label={words.value.keys}
          title={`${words.value.keys} (?)`}
          onClick={() => (overlay.value = { kind: "keys" })}
        >
          <Icon name="keys" />
        </button>
      </div>
      <button type="button" class="jump" onClick={() => (overlay.value = { kind: "switcher" })}>
        <Icon name="search" />
        <span>{words.value.jump}</span>
        <span class="kbd" aria-hidden="true">
          {jumpKeys}
        </span>
      </button>
      <div class="places">
        <PlaceLink href={homeHref} here={place.value?.home === true} name={words.value.home} unread={0}>
          <Icon name="home" />
        </PlaceLink>
        <h2>{words.value.channels}</h2>
        {channels.map((channel) => (
          <ChannelLink key={channel.id} id={channel.id} name={titleOf(channel)} />
        ))}
        <h2>{words.value.direct}</h2>
        {direct.map((channel) => (
          <ChannelLink key={channel.id} id={channel.id} name={titleOf(channel)}>
            <img src={bell} alt="" />
          </ChannelLink>
        ))}
      </div>
      <fieldset class="people">
        <legend>{words.value.actAs}</legend>
        {people.value.map(({ id, name }) => (
          <label key={id}>
            <input type="radio" name="as" checked={me.value === id} onChange={() => actAs(id)} />
            <Avatar id={id} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <div class="settings">
        <fieldset class="choice">
          <legend>{words.value.language}</legend>
          {(["en", "zh-TW"] as const).map((one) => (
            <label key={one} lang={one}>
              <input
                type="radio"
                name="language"
                checked={language.value === one}
                onChange={() => (language.value = one)}
              />
              <span>{languages[one]}</span>
            </label>
          ))}
        </fieldset>
        <fieldset class="choice">
          <legend>{words.value.theme}</legend>
          {themes.map((one) => (
            <label key={one}>
              <input type="radio" name="theme" checked={theme.value === one} onChange={() => (theme.value = one)} />
              <span>{words.value[one]}</span>
            </label>
          ))}
        </fieldset>
      </div>
    </nav>
  );
}

function ChannelLink({ id, name, children }: { id: string; name: string; children?: ComponentChild }) {
  return (
    <PlaceLink href={hrefOf(id)} here={place.value?.channel?.id === id} name={name} unread={unreadIn(id)}>
      {children}
    </PlaceLink>
  );
}

function PlaceLink({ href, here, name, unread, children }: PlaceLinkProps) {
  return (
    <a
      class={`place${unread ? " unread" : ""}`}
      href={href}
      aria-current={here ? "page" : undefined}
      onClick={() => (placesOpen.value = false)}
    >
      {children}
      <span class="name">{name}</span>
      {unread > 0 && (
        <span class="count">
          <span class="hidden">{words.value.unread}: </span>
          {unread}
        </span>
      )}
    </a>
  );
}

type PlaceLinkProps = { href: string; here: boolean; name: string; unread: number; children?: ComponentChild };

/** While the list lies over the page, the focus is in it; afterwards on what opens it. */
function DrawerFocus() {
  const mark = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    mark.current?.closest("nav")?.focus();
    // Once what lay beneath can have the focus again.
    return () => {
      setTimeout(() => document.querySelector<HTMLElement>(".pane .menu")?.focus());
    };
  }, []);
  return <span ref={mark} />;
}
