const compiled = new Map<string, RegExp>();

/** Does a text match a glob? Only `*` is special: it stands for anything, also nothing. */
export function matchesGlob(glob: string, text: string): boolean {
  if (!glob.includes("*")) return glob === text;
  let pattern = compiled.get(glob);
  if (!pattern) {
    // Each run of stars is one `.*`: no nesting, so no blow-up.
    pattern = new RegExp(`^${glob.split(/\*+/).map(literal).join(".*")}$`, "su");
    compiled.set(glob, pattern);
  }
  return pattern.test(text);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
