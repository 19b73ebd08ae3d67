/** A text with its variables filled in, and which they were. */
export interface Expanded {
  text: string;
  variables: { name: string; value: string }[];
  complaints: string[];
}

/** Fills in `${VAR}` and `${VAR:-default}`; `$${` stands for a plain `${`. */
export function expand(text: string, env: Readonly<Record<string, string | undefined>>): Expanded {
  const variables: Expanded["variables"] = [];
  const complaints: string[] = [];
  const expanded = text.replace(
    /\$\$\{|\$\{([^}]*)(\}?)/g,
    (whole, inside: string | undefined, end: string | undefined) => {
      if (inside === undefined) return "${";
      const [, name, fallback] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside) ?? [];
      if (end === "") complaints.push(`\${${short(inside)} has no closing } — write $\${ for a plain \${`);
      else if (/^(env|input):/.test(inside))
        complaints.push(`${short(whole)} is not known here — write \${VAR}, and set VAR in the environment or .env`);
      else if (name === undefined)
        complaints.push(`${short(whole)} is not \${VAR} or \${VAR:-default} — write $\${ for a plain \${`);
      else if (fallback?.includes("${")) complaints.push(`the default of \${${name}} may not hold another \${…}`);
      else {
        const set = env[name];
        // As in a shell, ":-" also stands in for an empty variable.
        const value = fallback !== undefined && (set === undefined || set === "") ? fallback : set;
        if (value !== undefined) {
          if (value === set) variables.push({ name, value });
          return value;
        }
        complaints.push(
          `the variable ${name} is not set — set it in the environment or .env and start again, or write \${${name}:-default}`,
        );
      }
      return whole;
    },
  );
  return { text: expanded, variables, complaints };
}

/** The text that expands to `text`. */
export function escapeVariables(text: string): string {
  return text.replaceAll("${", () => "$${");
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
