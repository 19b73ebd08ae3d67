/** The signs and the length of the mark that stands behind a name which can't be told as it is. */
export const markSigns = "abcdefghijkmnpqrstuvwxyz23456789";
export const markLength = 10;
/** A name with such a mark. */
export const marked = new RegExp(`_[${markSigns}]{${markLength}}$`);

/** A tool's name as people read it: whose it is, and what it is called. */
export function toolTitle(name: string): string {
  return name.replace(marked, "").replace("__", " ");
}
