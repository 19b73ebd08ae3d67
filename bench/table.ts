import type { Row, Unit } from "./row.ts";

const heads = ["what", "goal", "floor", "ours", "ratio", "met"];

/** The rows as a Markdown table that reads well in a terminal too; notes stand below it. */
export function tableOf(rows: readonly Row[]): string {
  const notes: string[] = [];
  const cells = rows.map((row) => {
    if (row.note !== undefined) notes.push(row.note);
    const mark = row.note === undefined ? "" : ` (${notes.length})`;
    return [
      `${row.what}${mark}`,
      row.goal,
      written(row.floor, row.unit),
      written(row.ours, row.unit),
      ratioOf(row),
      metOf(row),
    ];
  });
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((line) => line[at]?.length ?? 0)));
  const line = (texts: readonly string[]) => `| ${texts.map((text, at) => text.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [
    line(heads),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...cells.map(line),
    ...(notes.length > 0 ? ["", ...notes.map((note, at) => `(${at + 1}) ${note}`)] : []),
  ].join("\n");
}

function ratioOf({ floor, ours }: Row): string {
  if (typeof ours !== "number" || floor === undefined || floor <= 0) return "";
  const ratio = ours / floor;
  return `${ratio < 0.1 ? Number(ratio.toPrecision(2)) : ratio.toFixed(2)} ×`;
}

function metOf({ met }: Row): string {
  return met === undefined ? "–" : met ? "yes" : "NO";
}

function written(figure: number | string | undefined, unit: Unit): string {
  if (figure === undefined) return "";
  if (typeof figure === "string") return figure;
  if (!Number.isFinite(figure)) return "none";
  const text = figure >= 100 || Number.isInteger(figure) ? figure.toFixed(0) : figure.toFixed(figure >= 10 ? 1 : 2);
  return unit === "count" || unit === "text" ? text : `${text} ${unit}`;
}
