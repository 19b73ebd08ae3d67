import { crc32, deflateSync } from "node:zlib";

/** A real PNG, one colour all over; `padding` makes its file larger by so many bytes. */
export function png(width = 1, height = 1, padding = 0): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height);
  const mark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const words = padding > 0 ? [chunk("tEXt", Buffer.alloc(padding, "x"))] : [];
  return Buffer.concat([mark, chunk("IHDR", head), ...words, chunk("IDAT", deflateSync(rows)), chunk("IEND")]);
}

/** The same as a data URL. */
export function pngUrl(width = 1, height = 1, padding = 0): string {
  return `data:image/png;base64,${png(width, height, padding).toString("base64")}`;
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
