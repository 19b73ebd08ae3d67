import type { Channel, Ephemeral, Fields, Message, View } from "../workspace.ts";
import type { World } from "../world.ts";

/** Where somebody presses something. */
export type Place = { message: Message; channel: Channel } | { ephemeral: Ephemeral } | { view: View };

/** The fields every interaction has about the app and the team. */
export function appFields(world: World): Fields {
  const { app, workspace } = world;
  return {
    api_app_id: app.id,
    token: app.verification,
    team: { id: workspace.team.id, domain: workspace.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The person of an interaction. */
export function personFields(world: World, id: string): Fields {
  const person = world.workspace.people.get(id);
  if (!person) throw new Error(`no person ${id} in the simulated Slack`);
  const name = person.name.toLowerCase().replace(/\s+/g, ".");
  return { id, username: name, name, team_id: world.workspace.team.id };
}
