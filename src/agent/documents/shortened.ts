/** The first so many characters of a text, and how many were left out. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Never in the middle of a character of two units.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}\n… ${text.length - end} characters left out`;
}
