import { Form, isObject, type JsonObject } from "./form.ts";
import { Refusal } from "./refusal.ts";

const locales = new Set(
  "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko".split(
    " ",
  ),
);
const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const subcommand = 1;
const group = 2;
const withChoices = [3, 4, 10];

/** What counts toward the 8,000 characters of one command: names, descriptions and values, localizations at their longest. */
function characters(place: JsonObject): number {
  const longest = (key: string) => {
    const translated = place[`${key}_localizations`];
    const all = [place[key], ...(isObject(translated) ? Object.values(translated) : [])];
    return Math.max(0, ...all.map((text) => (typeof text === "string" ? text.length : 0)));
  };
  const value = typeof place.value === "string" ? place.value.length : 0;
  const below = [place.options, place.choices].flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
  return longest("name") + longest("description") + value + below.reduce((sum, inner) => sum + characters(inner), 0);
}

/** Reads a whole list of commands as sent to a bulk overwrite. */
export function readCommands(body: unknown): JsonObject[] {
  const form = new Form({ commands: body });
  const complaints = new Form(Array.isArray(body) ? Object.fromEntries(body.entries()) : {});
  if (!Array.isArray(body)) {
    form.list("commands", { required: true });
    form.settle();
  }
  const commands: JsonObject[] = [];
  const names = new Set<string>();
  const perType = new Map<number, number>();
  for (const index of Array.isArray(body) ? body.keys() : []) {
    const item = complaints.child(String(index), { required: true });
    if (!item) continue;
    const type = item.choice("type", [1, 2, 3]) ?? 1;
    perType.set(type, (perType.get(type) ?? 0) + 1);
    readCommand(item, type);
    const key = `${type}:${String(item.raw("name"))}`;
    if (names.has(key))
      item.complain("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique", "name");
    names.add(key);
    commands.push({ ...item.json(), type });
  }
  complaints.settle();
  const over = [...perType].find(([type, count]) => count > (type === 1 ? 100 : 15));
  if (over)
    throw new Refusal(
      400,
      over[0] === 1 ? 30032 : 30033,
      `Maximum number of application commands reached (${over[0] === 1 ? 100 : 15})`,
    );
  return commands;
}

function readCommand(command: Form, type: number): void {
  if (type === 1) {
    readName(command);
    command.text("description", { min: 1, max: 100, required: true });
    readOptions(command, 0);
  } else {
    command.text("name", { min: 1, max: 32, required: true });
    if (command.raw("description"))
      command.complain(
        "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED",
        "Context menu commands cannot have description",
        "description",
      );
    if (command.list("options").length > 0)
      command.complain(
        "APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED",
        "Context menu commands cannot have options",
        "options",
      );
  }
  readLocalizations(command, type === 1);
  for (const context of command.list("contexts", { max: 3 }))
    if (![0, 1, 2].includes(Number(context.value)))
      context.complain("BASE_TYPE_CHOICES", "Value must be one of {0, 1, 2}.");
  if (characters(command.json()) > 8000)
    command.complain("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
}

function readName(place: Form): void {
  const name = place.text("name", { min: 1, max: 32, required: true });
  if (name !== undefined && (!namePattern.test(name) || name !== name.toLowerCase()))
    place.complain("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", "name");
}

function readLocalizations(place: Form, chat: boolean): void {
  for (const [key, max] of [
    ["name_localizations", 32],
    ["description_localizations", 100],
  ] as const) {
    const translated = place.child(key);
    for (const locale of Object.keys(translated?.json() ?? {})) {
      if (!locales.has(locale)) translated?.complain("INVALID_LOCALE", `Locale '${locale}' is invalid`, locale);
      const text = translated?.text(locale, { min: 1, max });
      if (
        chat &&
        key === "name_localizations" &&
        text !== undefined &&
        (!namePattern.test(text) || text !== text.toLowerCase())
      )
        translated?.complain("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", locale);
    }
  }
}

function readOptions(place: Form, depth: number): void {
  const options = place.list("options", { max: 25 });
  const names = new Set<string>();
  let optionalSeen = false;
  const nested = options.filter((option) => [subcommand, group].includes(Number(option.raw("type")))).length;
  if (nested > 0 && nested < options.length)
    place.complain(
      "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
      "Sub-command and sub-command group option types are mutually exclusive to all other types",
      "options",
    );
  for (const option of options) {
    const type = option.choice("type", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], { required: true }) ?? 0;
    readName(option);
    option.text("description", { min: 1, max: 100, required: true });
    readLocalizations(option, true);
    const name = String(option.raw("name"));
    if (names.has(name))
      option.complain("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists", "name");
    names.add(name);
    if (type === subcommand || type === group) {
      if (
        depth === 2 ||
        (depth === 1 && type === group) ||
        (type === group && option.list("options", { min: 1 }).some((inner) => inner.raw("type") !== subcommand))
      )
        option.complain("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands do not nest that way", "type");
      else readOptions(option, depth + (type === group ? 1 : 2));
      continue;
    }
    const required = option.flag("required") ?? false;
    if (required && optionalSeen)
      option.complain(
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        "Required options must be placed before non-required options",
        "required",
      );
    optionalSeen ||= !required;
    readChoices(option, type);
  }
}

function readChoices(option: Form, type: number): void {
  const choices = option.list("choices", { max: 25 });
  if (choices.length > 0 && !withChoices.includes(type))
    option.complain("APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This option type cannot have choices", "choices");
  if (option.flag("autocomplete")) {
    if (choices.length > 0)
      option.complain(
        "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
        "Choices and autocomplete are mutually exclusive",
        "choices",
      );
    if (!withChoices.includes(type))
      option.complain(
        "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE_INVALID",
        "This option type cannot be autocompleted",
        "autocomplete",
      );
  }
  for (const choice of choices) checkChoice(choice, type);
  option.integer("min_length", { min: 0, max: 6000 });
  option.integer("max_length", { min: 1, max: 6000 });
}

/** Checks one choice of an option, registered or suggested. */
export function checkChoice(choice: Form, type: number): void {
  choice.text("name", { min: 1, max: 100, required: true });
  readLocalizations(choice, false);
  if (type === 3) choice.text("value", { max: 100, required: true });
  else if (type === 4) choice.integer("value", { required: true });
  else if (typeof choice.raw("value") !== "number")
    choice.complain("NUMBER_TYPE_COERCE", `Value "${String(choice.raw("value"))}" is not float.`, "value");
}
