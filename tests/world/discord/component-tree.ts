import { componentTypes } from "./component-types.ts";
import { isObject, type JsonObject } from "./form.ts";

/** A component and all it holds. */
export function everyComponent(component: JsonObject): JsonObject[] {
  const below = [component.components, component.accessory, component.component].flat();
  return [component, ...below.filter(isObject).flatMap(everyComponent)];
}

/** What a message says: its content, or with components v2 all their texts. Both can ping. */
export function shownText({ content, components }: { content: string; components: JsonObject[] }): string {
  const texts = components
    .flatMap(everyComponent)
    .flatMap((part) =>
      part.type === componentTypes.textDisplay && typeof part.content === "string" ? part.content : [],
    );
  return [content, ...texts].filter((text) => text !== "").join("\n");
}
