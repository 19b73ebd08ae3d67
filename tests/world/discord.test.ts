import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Channel, createDiscord, type Discord, type Person } from "./discord/discord.ts";
import { connectClient } from "./discord/real-bot.ts";

let discord: Discord;
let client: Client<true>;
let ana: Person;
let team: Channel;

beforeEach(async () => {
  discord = await createDiscord();
  client = await connectClient(discord);
  ana = discord.person("ana");
  team = discord.channel("team");
});

afterEach(async () => {
  await client.destroy();
  await discord.stop();
});

function last(channel: Channel, as?: Person) {
  return discord.messages(channel, as).at(-1);
}

describe("the real discord.js in the simulated Discord", () => {
  it("hears a mention and answers in a thread made from it", async () => {
    client.on("messageCreate", async (message) => {
      if (message.author.bot) return;
      const thread = await message.startThread({ name: "answer" });
      await thread.send({ content: `you said: ${message.content}`, allowedMentions: { parse: [] } });
    });
    const asked = discord.say(ana, team, "@Bellhop hi");
    const thread = await discord.until(() => discord.threadOf(asked));
    const answer = await discord.until(() => last(thread));
    expect(answer.text).toBe(`you said: <@${discord.bot.id}> hi`);
    expect(answer.pings).toEqual({ everyone: false, users: [], roles: [] });
    expect(thread.id).toBe(asked.id);
    expect(discord.violations).toEqual([]);
  });

  it("hears direct messages and shows typing until it answers", async () => {
    const seen: string[][] = [];
    client.on("messageCreate", async (message) => {
      if (message.author.bot || !message.channel.isSendable()) return;
      await message.channel.sendTyping();
      seen.push(discord.typing(discord.dm(ana)));
      await message.reply("here");
    });
    const asked = discord.say(ana, discord.dm(ana), "psst");
    const answer = await discord.until(() => discord.messages(discord.dm(ana)).find(({ text }) => text === "here"));
    expect(seen).toEqual([["Bellhop"]]);
    expect(discord.typing(discord.dm(ana))).toEqual([]);
    expect(answer.repliesTo).toBe(asked.id);
    expect(discord.violations).toEqual([]);
  });

  it("hears edits, deletions and reactions", async () => {
    const heard: string[] = [];
    client.on("messageUpdate", (_, message) => heard.push(`edited to ${message.content}`));
    client.on("messageDelete", () => heard.push("deleted"));
    client.on("messageReactionAdd", (reaction) => heard.push(`reacted ${reaction.emoji.name}`));
    const message = discord.say(ana, team, "one");
    discord.edit(message, "two");
    discord.react(ana, message, "👍");
    discord.delete(message);
    const marker = discord.say(ana, team, "done");
    await new Promise((resolve) => client.on("messageCreate", ({ id }) => id === marker.id && resolve(id)));
    expect(heard).toEqual(["edited to two", "reacted 👍", "deleted"]);
  });

  it("edits its message, pings nobody by an edit that says so, and attaches a file", async () => {
    const channel = await client.channels.fetch(team.id);
    if (!channel?.isSendable()) throw new Error("no channel");
    const message = await channel.send({
      content: "…",
      files: [{ name: "notes.md", attachment: Buffer.from("# hi") }],
    });
    await message.edit({ content: "@everyone look", allowedMentions: { parse: [] } });
    const shown = last(team);
    expect(shown).toMatchObject({ text: "@everyone look", edited: true, history: ["…", "@everyone look"] });
    expect(shown?.files).toMatchObject([{ name: "notes.md", type: "text/markdown; charset=utf-8", text: "# hi" }]);
    expect(shown?.pings.everyone).toBe(false);
    const url = message.attachments.first()?.url ?? "";
    expect(await (await fetch(url)).text()).toBe("# hi");
    expect((await fetch(url.replace(/hm=./, "hm=x"))).status).toBe(404);
  });

  it("takes slash commands, defers, and finishes the thinking message", async () => {
    await client.application.commands.set([
      new SlashCommandBuilder()
        .setName("ask")
        .setDescription("Ask an agent")
        .addStringOption((option) => option.setName("question").setDescription("What?").setRequired(true)),
    ]);
    const thinking: boolean[] = [];
    client.on("interactionCreate", async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      thinking.push(last(team)?.thinking === true);
      await interaction.editReply(`about ${interaction.options.getString("question", true)}`);
      await interaction.followUp({ content: "only you", flags: MessageFlags.Ephemeral });
    });
    discord.slash(ana, team, "ask", { question: "life" });
    await discord.until(() => last(team, ana)?.text === "only you");
    expect(thinking).toEqual([true]);
    expect(discord.messages(team).map(({ text }) => text)).toEqual(["about life"]);
    expect(discord.commands.map(({ name }) => name)).toEqual(["ask"]);
    expect(() => discord.slash(ana, team, "ask")).toThrow("needs question");
    expect(() => discord.slash(ana, team, "nope")).toThrow("only: ask");
    expect(discord.violations).toEqual([]);
  });

  it("suggests while one types", async () => {
    await client.application.commands.set([
      new SlashCommandBuilder()
        .setName("bellhop")
        .setDescription("Its verbs")
        .addSubcommand((sub) =>
          sub
            .setName("why")
            .setDescription("Explain")
            .addStringOption((option) => option.setName("run").setDescription("Which").setAutocomplete(true)),
        ),
    ]);
    client.on("interactionCreate", async (interaction) => {
      if (interaction.isAutocomplete())
        await interaction.respond([{ name: `run ${interaction.options.getFocused()}`, value: "r1" }]);
    });
    const choices = await discord.autocomplete(ana, team, "bellhop", "run", "7f", { subcommand: "why" });
    expect(choices).toEqual([{ name: "run 7f", value: "r1" }]);
  });

  it("has its buttons pressed, answers with a modal and takes what was filled in", async () => {
    const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId("deny").setLabel("Deny").setStyle(ButtonStyle.Danger),
    );
    client.on("interactionCreate", async (interaction) => {
      if (interaction.isButton()) {
        const why = new TextInputBuilder().setCustomId("why").setStyle(TextInputStyle.Short);
        const label = new LabelBuilder().setLabel("Reason").setTextInputComponent(why);
        await interaction.showModal(
          new ModalBuilder().setCustomId("reason").setTitle("Why?").addLabelComponents(label),
        );
      }
      if (interaction.isModalSubmit() && interaction.isFromMessage())
        await interaction.update({ content: `denied: ${interaction.fields.getTextInputValue("why")}`, components: [] });
    });
    const channel = await client.channels.fetch(team.id);
    if (!channel?.isSendable()) throw new Error("no channel");
    const card = await channel.send({ content: "may I?", components: [row] });
    const pressed = discord.press(ana, card.id, "Deny");
    await discord.until(() => pressed.modal);
    discord.submitModal(pressed, { Reason: "wrong service" });
    await discord.until(() => last(team)?.text === "denied: wrong service");
    expect(() => discord.press(ana, card.id, "Deny")).toThrow("no component");
    expect(discord.violations).toEqual([]);
  });

  it("is asked about a message from its context menu", async () => {
    await client.application.commands.set([{ name: "Ask an agent about this", type: 3 }]);
    client.on("interactionCreate", async (interaction) => {
      if (interaction.isMessageContextMenuCommand())
        await interaction.reply({
          content: `it says ${interaction.targetMessage.content}`,
          flags: MessageFlags.Ephemeral,
        });
    });
    const message = discord.say(ana, team, "checkout is slow");
    discord.contextMenu(ana, message, "Ask an agent about this");
    expect((await discord.until(() => discord.messages(team, ana)[1])).text).toBe("it says checkout is slow");
    expect(discord.messages(team)).toHaveLength(1);
  });

  it("rejects a wait in vain with all that is there", async () => {
    discord.say(ana, team, "anybody?");
    await expect(discord.until(() => discord.messages(team).length > 5, 20)).rejects.toThrow(
      /#team\n {2}ana: anybody\?/,
    );
  });
});
