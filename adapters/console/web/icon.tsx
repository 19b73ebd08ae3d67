const shapes = {
  reply: "M9 14 4 9l5-5M4 9h9a7 7 0 0 1 7 7v3",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M5 12 4 4l17 8-17 8zM5 12h8",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  stop: "M7 7h10v10H7z",
  home: "M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6",
  search: "M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13zM15.5 15.5 20 20",
  attach: "M20 11.5 12 19.5a5 5 0 0 1-7-7L13 4.5a3.3 3.3 0 0 1 4.7 4.7L9.6 17.2a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  quote: "M5 17c3-1 4-3 4-6H5V6h5v5c0 4-2 7-5 8zM14 17c3-1 4-3 4-6h-4V6h5v5c0 4-2 7-5 8z",
  forward: "M15 14l5-5-5-5M20 9h-9a7 7 0 0 0-7 7v3",
  ask: "M4 18h16M6 15a6 6 0 0 1 12 0zM12 9V6M10 6h4",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  view: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  check: "M5 13l4 4L19 7",
  keys: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 3",
  down: "M12 5v14M6 13l6 6 6-6",
  good: "M7 11v9H3v-9zM7 11l4-8c2 0 3 1 3 3v3h5c1.5 0 2 1 2 2l-2 7c-.3 1-1 2-2 2H7",
  bad: "M7 13V4H3v9zM7 13l4 8c2 0 3-1 3-3v-3h5c1.5 0 2-1 2-2l-2-7c-.3-1-1-2-2-2H7",
};

/** What there are drawings of. */
export type IconName = keyof typeof shapes;

/** A small drawing; what it means is said by the label of what it stands in. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
