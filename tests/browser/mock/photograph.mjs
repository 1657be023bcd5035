// A made-up photograph: a grey bust on light ground, as PNG.
import { crc32, deflateSync } from "node:zlib";

const WIDTH = 120;
const HEIGHT = 160;

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function shade(x, y) {
  const head = Math.hypot(x - 60, (y - 62) * 0.85) < 30;
  const shoulders = Math.hypot((x - 60) * 0.8, y - 160) < 52;
  return head || shoulders ? 120 : 225;
}

export function photograph() {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head[8] = 8; // bits; grey
  const rows = Buffer.alloc(HEIGHT * (WIDTH + 1));
  for (let y = 0; y < HEIGHT; ++y)
    for (let x = 0; x < WIDTH; ++x) rows[y * (WIDTH + 1) + 1 + x] = shade(x, y);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
