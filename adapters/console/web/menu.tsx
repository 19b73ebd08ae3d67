import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { findComposer, neighbour } from "./focus.ts";
import { Icon, type IconName } from "./icon.tsx";

/** One thing a menu offers. */
export type MenuItem = { icon: IconName; text: string; key?: string; danger?: boolean; act: () => void };

/** `anchor`: what it appears beside; `opener`: what has the focus again once it is closed. */
type OpenMenu = { label: string; items: MenuItem[]; anchor: HTMLElement; opener: Element | null };

const open = signal<OpenMenu | undefined>(undefined);

/** Opens a menu beside what it belongs to. */
export function openMenu(menu: OpenMenu): void {
  open.value = menu;
}

/** The place where menus appear: above all else, closed by Esc, Tab, or a click elsewhere. */
export function Menus() {
  const menu = open.value;
  return menu ? <Menu key={menu.label} {...menu} /> : null;
}

function Menu({ label, items, anchor, opener }: OpenMenu) {
  const list = useRef<HTMLDivElement>(null);
  const all = () => [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  const close = (act?: () => void) => {
    open.value = undefined;
    (opener instanceof HTMLElement && opener.isConnected ? opener : findComposer())?.focus();
    act?.();
  };
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    element.showPopover();
    const { top, bottom, right } = anchor.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width } = element;
    const below = bottom + 4 + height < innerHeight;
    element.style.top = `${below ? bottom + 4 : Math.max(8, top - height - 4)}px`;
    element.style.left = `${Math.max(8, Math.min(right, innerWidth - 8) - width)}px`;
    all()[0]?.focus();
  }, []);

  const keys = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === "Tab" || key === "Escape") close();
    else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(key)) {
      const round = key === "ArrowUp" ? all().at(-1) : all()[0];
      (neighbour(all(), key) ?? round)?.focus();
    } else if (key.length === 1 && key !== " ") {
      all()
        .find((item) => item.textContent?.toLowerCase().startsWith(key.toLowerCase()))
        ?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={list}
      class="menu-list"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      popover="auto"
      onToggle={(event) => event.newState === "closed" && open.peek() && close()}
      onKeyDown={keys}
    >
      {items.map(({ icon, text, key, danger, act }) => (
        <button
          key={text}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={danger ? "danger" : undefined}
          onClick={() => close(act)}
        >
          <Icon name={icon} />
          <span>{text}</span>
          {key && (
            <span class="kbd" aria-hidden="true">
              {key}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
