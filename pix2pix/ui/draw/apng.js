// An animated PNG from still ones, made in the browser's memory. Each picture is a PNG of the same size from
// a canvas; its image data is taken as it is and put into a frame (PNG specification, third edition, 11.3).

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

// Big-endian numbers: [value, bytes] each.
function numbers(...fields) {
  const bytes = [];
  for (const [value, width] of fields) {
    for (let i = width - 1; i >= 0; i -= 1) bytes.push(Math.floor(value / 256 ** i) % 256);
  }
  return Uint8Array.from(bytes);
}

function chunk(type, ...parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(4 + length);
  bytes.set([...type].map((character) => character.charCodeAt(0)));
  let at = 4;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return [numbers([length, 4]), bytes, numbers([crc32(bytes), 4])];
}

function chunksOf(png) {
  const data = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const found = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = data.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    found.push({ type, bytes: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return found;
}

// frames: [{png: Uint8Array, ms}]; still: what programs show that know no animation, a Uint8Array.
export function animatedPng(frames, still) {
  const stillChunks = chunksOf(still);
  const header = stillChunks.find(({ type }) => type === "IHDR").bytes;
  const [width, height] = [header.subarray(0, 4), header.subarray(4, 8)];
  const pixels = (chunks) => chunks.filter(({ type }) => type === "IDAT").map(({ bytes }) => bytes);
  const parts = [Uint8Array.from(SIGNATURE), ...chunk("IHDR", header)];
  parts.push(...chunk("acTL", numbers([frames.length, 4], [0, 4]))); // 0: again and again
  for (const bytes of pixels(stillChunks)) parts.push(...chunk("IDAT", bytes));
  let sequence = 0;
  for (const { png, ms } of frames) {
    const timing = numbers([0, 4], [0, 4], [ms, 2], [1000, 2], [0, 1], [0, 1]);
    parts.push(...chunk("fcTL", numbers([sequence, 4]), width, height, timing));
    sequence += 1;
    for (const bytes of pixels(chunksOf(png))) {
      parts.push(...chunk("fdAT", numbers([sequence, 4]), bytes));
      sequence += 1;
    }
  }
  return new Blob([...parts, ...chunk("IEND")], { type: "image/png" });
}
