import type { Dialect } from "./dialect.ts";
import { isObject, refuse, refuseType } from "./refusal.ts";

type Kind = "png" | "jpeg" | "gif" | "webp";

/** Refuses an image for a model that sees none, and one that is no image, is broken, or too large. */
export function checkImage(param: string, image: unknown, dialect: Dialect, model: string): void {
  if (!dialect.sees.test(model)) refuse(`${param}.type`, dialect.blindWords(model));
  if (!isObject(image) || typeof image.url !== "string") refuseType(param, "an object with a url", image);
  const { url } = image;
  if (/^https?:\/\//.test(url) && dialect.name !== "ollama") return;
  // No pattern runs over the data itself: on megabytes of it one can fill the stack.
  const [head = "", declared = ""] = /^data:image\/(png|jpeg|gif|webp);base64,/.exec(url) ?? [];
  const base64 = head === "" ? undefined : url.slice(head.length);
  if (base64 === undefined) {
    refuse(
      `${param}.url`,
      `Invalid '${param}.url': expected a URL of the web or the base64 data of a png, jpeg, gif or webp image.`,
      "invalid_image_url",
    );
  }
  const bytes = Buffer.from(base64, "base64");
  if (base64 === "" || bytes.toString("base64") !== base64) {
    refuse(`${param}.url`, "Invalid base64 image_url.", "invalid_base64");
  }
  if (bytes.length > dialect.mostImageBytes) {
    refuse(
      `${param}.url`,
      `image exceeds ${dialect.mostImageBytes / 1024 / 1024} MB maximum: ${bytes.length} bytes > ${dialect.mostImageBytes} bytes`,
    );
  }
  const kind = kindOf(bytes);
  if (kind === undefined || !isWhole(bytes, kind)) {
    refuse(
      `${param}.url`,
      "The image data you provided does not represent a valid image. Please check your input and try again with one of the supported image formats: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'].",
      "image_parse_error",
    );
  }
  if (dialect.name === "anthropic" && kind !== declared) {
    refuse(
      `${param}.url`,
      `The image was specified using the image/${declared} media type, but the image appears to be a image/${kind} image`,
    );
  }
}

function kindOf(bytes: Buffer): Kind | undefined {
  const head = bytes.toString("latin1", 0, 16);
  if (/^\x89PNG\r\n/.test(head)) return "png";
  if (/^\xff\xd8\xff/.test(head)) return "jpeg";
  if (/^GIF8[79]a/.test(head)) return "gif";
  return /^RIFF.{4}WEBPVP8/s.test(head) ? "webp" : undefined;
}

/** Its end is there: what was cut off in the middle cannot be decoded. */
function isWhole(bytes: Buffer, kind: Kind): boolean {
  if (kind === "png") return bytes.includes("IEND");
  if (kind === "jpeg") return bytes.includes(Buffer.from([0xff, 0xd9]));
  if (kind === "gif") return bytes.length > 13 && bytes.at(-1) === 0x3b;
  return bytes.length >= bytes.readUInt32LE(4) + 8;
}
