import { checkBlocks, withIds } from "../block-kit.ts";
import { type Fields, isFields, type View } from "../workspace.ts";
import type { World } from "../world.ts";
import { type Args, type Method, refuse, refuseArgument } from "./method.ts";

const mostStacked = 3;
const largestView = 250_000;

/** A view as Slack shows it to the app. */
export function viewJson(world: World, view: View): Fields {
  return {
    id: view.id,
    team_id: world.workspace.team.id,
    app_id: world.app.id,
    app_installed_team_id: world.workspace.team.id,
    bot_id: world.app.botId,
    state: { values: {} },
    hash: view.hash,
    root_view_id: view.rootId,
    previous_view_id: view.previousId ?? null,
    private_metadata: "",
    callback_id: "",
    external_id: "",
    title: null,
    submit: null,
    close: null,
    clear_on_close: false,
    notify_on_close: false,
    ...view.body,
  };
}

/** Checks a view an app wants to show; Slack's refusal, or the view's fields. */
export function readView(world: World, given: unknown, type: View["type"]): Fields {
  const bad = (message: string, pointer: string): never => refuseArgument(message, `view${pointer}`);
  if (!isFields(given)) return bad("must provide an object", "");
  if (given.type !== type) bad("must be a valid enum value", "/type");
  if (JSON.stringify(given).length > largestView) refuse("view_too_large");
  if (type === "modal") {
    for (const key of ["title", "submit", "close"]) {
      const label = given[key];
      if (label === undefined && key !== "title") continue;
      const text = isFields(label) && label.type === "plain_text" ? label.text : undefined;
      if (typeof text !== "string" || text === "") bad(`missing required field: ${key}`, `/${key}`);
      else if (text.length > 24) bad("must be less than 25 characters", `/${key}/text`);
    }
    const inputs =
      Array.isArray(given.blocks) && given.blocks.some((block) => isFields(block) && block.type === "input");
    if (inputs && given.submit === undefined) bad("missing required field: submit, as there is an input", "");
  }
  const { private_metadata: metadata, callback_id: callback, external_id: external } = given;
  if (typeof metadata === "string" && metadata.length > 3000)
    bad("must be less than 3001 characters", "/private_metadata");
  if (typeof callback === "string" && callback.length > 255) bad("must be less than 256 characters", "/callback_id");
  const taken = world.workspace.views.some((view) => external && view.body.external_id === external);
  if (taken) refuse("duplicate_external_id");
  const fault = checkBlocks(given.blocks, type, "/view/blocks");
  if (fault) bad(fault.messages[0] ?? fault.error, "/blocks");
  const blocks = Array.isArray(given.blocks) ? given.blocks : [];
  return { ...given, blocks: withIds(blocks, () => world.ids.secret(5)) };
}

/** Shows a modal on top of what a person has open. */
export function show(world: World, person: string, body: Fields): View {
  const { views } = world.workspace;
  const below = views.filter((view) => view.person === person && view.type === "modal").at(-1);
  const id = world.ids.next("V");
  const view: View = {
    id,
    type: "modal",
    person,
    rootId: below?.rootId ?? id,
    ...(below ? { previousId: below.id } : {}),
    body,
    hash: hash(world),
  };
  views.push(view);
  world.changed();
  return view;
}

/** Replaces what a view shows. */
export function redraw(world: World, view: View, body: Fields): void {
  view.body = body;
  view.hash = hash(world);
  world.changed();
}

/** How many modals this person has open. */
export function stackOf(world: World, person: string): View[] {
  return world.workspace.views.filter((view) => view.person === person && view.type === "modal");
}

function hash(world: World): string {
  return `${Math.floor(world.clock.now() / 1000)}.${world.ids.secret(8)}`;
}

function triggered(args: Args, world: World): string {
  const id = args.text("trigger_id") ?? args.text("interactivity_pointer") ?? refuse("invalid_trigger_id");
  const found = world.triggers.take(id);
  if ("error" in found) {
    world.violate(`trigger_id refused: ${found.error}`);
    refuse(found.error);
  }
  return found.person;
}

function checkHash(args: Args, view: View): void {
  const given = args.text("hash");
  if (given !== undefined && given !== view.hash) refuse("hash_conflict");
}

/** views.open, push, update, publish. */
export const views: Readonly<Record<string, Method>> = {
  "views.open": {
    args: { view: "json!", trigger_id: "text", interactivity_pointer: "text" },
    token: "bot",
    limit: "tier4",
    run(args, world) {
      const body = readView(world, args.json("view"), "modal");
      return { view: viewJson(world, show(world, triggered(args, world), body)) };
    },
  },

  "views.push": {
    args: { view: "json!", trigger_id: "text", interactivity_pointer: "text" },
    token: "bot",
    limit: "tier4",
    run(args, world) {
      const body = readView(world, args.json("view"), "modal");
      const person = triggered(args, world);
      const open = stackOf(world, person).length;
      if (open === 0) refuse("not_found");
      if (open >= mostStacked) refuse("push_limit_reached");
      return { view: viewJson(world, show(world, person, body)) };
    },
  },

  "views.update": {
    args: { view: "json!", view_id: "text", external_id: "text", hash: "text" },
    token: "bot",
    limit: "tier4",
    run(args, world) {
      const { views } = world.workspace;
      const id = args.text("view_id");
      const external = args.text("external_id");
      const view = views.find((one) => (id ? one.id === id : external && one.body.external_id === external));
      if (!view) refuse("not_found");
      checkHash(args, view);
      // Its own external_id is no duplicate of itself.
      const { external_id: own, ...rest } = view.body;
      view.body = rest;
      try {
        redraw(world, view, readView(world, args.json("view"), view.type));
      } catch (error) {
        view.body = own === undefined ? rest : { ...rest, external_id: own };
        throw error;
      }
      return { view: viewJson(world, view) };
    },
  },

  "views.publish": {
    args: { user_id: "text!", view: "json!", hash: "text" },
    token: "bot",
    limit: "tier4",
    run(args, world) {
      if (!world.app.homeTab) refuse("not_enabled");
      const person = world.workspace.people.get(args.need("user_id")) ?? refuse("missing_profile_id");
      const body = readView(world, args.json("view"), "home");
      const home = world.workspace.views.find((view) => view.type === "home" && view.person === person.id);
      if (home) {
        checkHash(args, home);
        redraw(world, home, body);
        return { view: viewJson(world, home) };
      }
      const id = world.ids.next("V");
      const view: View = { id, type: "home", person: person.id, rootId: id, body, hash: hash(world) };
      world.workspace.views.push(view);
      world.changed();
      return { view: viewJson(world, view) };
    },
  },
};
