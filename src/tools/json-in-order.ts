/** JSON with the names of its fields in order: the same text for the same value, however it was written. */
export function jsonInOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonInOrder).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const told = Object.entries(value).filter(([, one]) => one !== undefined);
  const sorted = told.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${jsonInOrder(one)}`).join(",")}}`;
}
