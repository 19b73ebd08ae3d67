import { Avatar } from "./avatar.tsx";
import bell from "./bell.svg";
import { me, people, places } from "./live.ts";
import { actAs, hrefOf, place, placesOpen, unreadIn } from "./place.ts";
import { theme, themes } from "./theme.ts";
import { words } from "./words.ts";

/** The places to talk, who one acts as, and the look of the page. */
export function Sidebar() {
  const channels = places.value.filter((channel) => !channel.with);
  const direct = places.value.filter((channel) => channel.with);
  return (
    <nav class={`sidebar${placesOpen.value ? " open" : ""}`} aria-label={words.places}>
      <div class="brand">
        <img src={bell} alt="" />
        <span>Bellhop</span>
      </div>
      <div class="places">
        <h2>{words.channels}</h2>
        {channels.map(({ id, name }) => (
          <PlaceLink key={id} id={id} name={`# ${name}`} />
        ))}
        <h2>{words.direct}</h2>
        {direct.map(({ id, name }) => (
          <PlaceLink key={id} id={id} name={name} />
        ))}
      </div>
      <fieldset class="people">
        <legend>{words.actAs}</legend>
        {people.value.map(({ id, name }) => (
          <label key={id}>
            <input type="radio" name="as" checked={me.value === id} onChange={() => actAs(id)} />
            <Avatar id={id} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="theme">
        <legend>{words.theme}</legend>
        {themes.map((choice) => (
          <label key={choice}>
            <input type="radio" name="theme" checked={theme.value === choice} onChange={() => (theme.value = choice)} />
            <span>{words[choice]}</span>
          </label>
        ))}
      </fieldset>
    </nav>
  );
}

function PlaceLink({ id, name }: { id: string; name: string }) {
  const unread = unreadIn(id);
  const here = place.value?.channel.id === id;
  return (
    <a
      class={`place${unread ? " unread" : ""}`}
      href={hrefOf(id)}
      aria-current={here ? "page" : undefined}
      onClick={() => (placesOpen.value = false)}
    >
      <span>{name}</span>
      {unread > 0 && (
        <span class="count">
          <span class="hidden">{words.unread}: </span>
          {unread}
        </span>
      )}
    </a>
  );
}
