import { botScopes } from "../../adapters/slack/manifest.ts";
import { createModel } from "../../tests/world/model/model.ts";
import { createSlack } from "../../tests/world/slack/slack.ts";
import { startBot } from "../bot.ts";
import { closingAll } from "../opened.ts";
import { atMost, type Row, row } from "../row.ts";

const charactersPerToken = 4;
const question = "why is the checkout slow since noon?";
const instructions = "You are a helpful assistant in a team's chat.";

/** What stands in the first prompt besides the agent's instructions, the tools and the question. */
export function promptRows(): Promise<Row[]> {
  return closingAll(async (keep) => {
    const model = await keep(createModel());
    const slack = await keep(createSlack({ scopes: botScopes }));
    const ana = slack.person("ana");
    const general = slack.channel("general");
    const env = { SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: slack.tokens.bot, SLACK_APP_TOKEN: slack.tokens.app };
    await keep(startBot({ ours: "main" }, { platforms: [env], model }));
    model.answer("It is the new index.");
    slack.say(ana, general, `@Bellhop ${question}`);
    await model.until((world) => world.answered === 1, 20_000);
    const { messages, tools } = model.requests[0]?.body ?? { messages: [] };
    const said = messages.map(({ content }) => (typeof content === "string" ? content : JSON.stringify(content)));
    const all = said.join("\n");
    for (const part of [question, instructions])
      if (!all.includes(part)) throw new Error(`the prompt does not have "${part}":\n${all}`);
    const added = all.length - question.length - instructions.length;
    return [
      row({
        what: "what Bellhop adds to a prompt",
        unit: "tokens",
        goal: atMost(400, "tokens"),
        ours: Math.ceil(added / charactersPerToken),
        note: `${added} characters, ${charactersPerToken} to a token; instructions, question and the ${tools?.length ?? 0} tools' schemas not counted.`,
      }),
    ];
  });
}
