import type { Locator } from "playwright-core";

/** Texts whose contrast with what they stand on is under 4.5 to 1, and texts in the accent's gold. */
export function findFaintText(app: Locator): Promise<{ faint: string[]; golden: string[] }> {
  return app.evaluate((root) => {
    const { ownerDocument: document } = root;
    const { getComputedStyle } = document.defaultView;
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

    /** How light it is where these colours lie one over another, as WCAG counts it. */
    const lightness = (colors: string[]): number => {
      for (const color of ["white", ...colors]) {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) =>
        part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
    };

    const faint: string[] = [];
    const golden: string[] = [];
    for (const element of root.querySelectorAll("*")) {
      const speaks = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!speaks || element.closest(":disabled")) continue;
      const grounds: string[] = [];
      for (let up = element; up; up = up.parentElement) grounds.unshift(getComputedStyle(up).backgroundColor);
      const { color } = getComputedStyle(element);
      const [ink, ground] = [lightness([...grounds, color]), lightness(grounds)];
      const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
      if (contrast < 4.5) faint.push(`${contrast.toFixed(1)} "${element.textContent}"`);
      if (color === "rgb(212, 175, 55)") golden.push(element.textContent);
    }
    return { faint, golden };
  });
}
