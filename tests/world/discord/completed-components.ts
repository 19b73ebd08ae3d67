import { componentTypes as t } from "./component-types.ts";
import type { Attachment } from "./entities.ts";
import { isObject, type Json, type JsonObject } from "./form.ts";

/** Components as Discord gives them back: numbered, and with what was left out filled in. */
export function completedComponents(components: JsonObject[], attachments: Attachment[]): JsonObject[] {
  let next = 0;
  const complete = (component: JsonObject): JsonObject => {
    next += 1;
    const copy: JsonObject = { id: next, ...defaults(component, attachments), ...component };
    if (Array.isArray(copy.components))
      copy.components = copy.components.map((inner) => (isObject(inner) ? complete(inner) : inner));
    if (isObject(copy.accessory)) copy.accessory = complete(copy.accessory);
    if (isObject(copy.media)) copy.media = media(copy.media);
    if (isObject(copy.file)) copy.file = media(copy.file);
    if (Array.isArray(copy.items)) copy.items = copy.items.map(galleryItem);
    return copy;
  };
  return components.map(complete);
}

function defaults({ type, file }: JsonObject, attachments: Attachment[]): JsonObject {
  if (type === t.container) return { accent_color: null, spoiler: false };
  if (type === t.separator) return { spacing: 1, divider: true };
  if (type === t.thumbnail) return { description: null, spoiler: false };
  if (type === t.file) {
    const attached = attachments.find(({ filename }) => isObject(file) && file.url === `attachment://${filename}`);
    return { name: attached?.filename ?? "", size: attached?.bytes.length ?? 0, spoiler: false };
  }
  const isSelect = typeof type === "number" && type >= t.stringSelect && type <= t.channelSelect;
  return isSelect ? { min_values: 1, max_values: 1 } : {};
}

function galleryItem(item: Json): Json {
  return isObject(item) && isObject(item.media)
    ? { description: null, spoiler: false, ...item, media: media(item.media) }
    : item;
}

function media(place: JsonObject): JsonObject {
  return { id: "0", proxy_url: place.url ?? "", ...place };
}
