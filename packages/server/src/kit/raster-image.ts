/**
 * Pictures from outside, made into pictures of our own: decoded, shrunk and encoded anew, so that nothing of the
 * file that was sent reaches anybody's browser. Knows PNG and JPEG by their first bytes, never by what they are called.
 */

/** Why a picture is not taken, for whoever sent it. */
export class PictureFault extends Error {}

/** Limits of what is read, before anything is decoded: bytes of the file, and pixels along a side. */
export const LARGEST_PICTURE = { bytes: 512 * 1024, side: 1024 } as const;

interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue and alpha, row by row from the top. */
  data: Uint8Array;
}

const PNG_SIGNATURE = '89504e470d0a1a0a';
const JPEG_SIGNATURE = 'ffd8ff';

/** `file` as a PNG at most `side` pixels wide and high. Throws {@link PictureFault}. */
export async function redrawn(file: Buffer, side: number): Promise<Buffer> {
  if (file.length > LARGEST_PICTURE.bytes)
    throw new PictureFault(`is larger than ${LARGEST_PICTURE.bytes / 1024} kB`);
  const { PNG } = await import('pngjs');
  const pixels = shrunk(await decoded(file), side);
  const png = new PNG({ width: pixels.width, height: pixels.height });
  png.data = Buffer.from(pixels.data);
  return PNG.sync.write(png);
}

async function decoded(file: Buffer): Promise<Pixels> {
  const starts = (signature: string) => file.toString('hex', 0, signature.length / 2) === signature;
  try {
    if (starts(PNG_SIGNATURE)) return await decodedPng(file);
    if (starts(JPEG_SIGNATURE)) return await decodedJpeg(file);
  } catch (error) {
    if (error instanceof PictureFault) throw error;
    throw new PictureFault('is damaged, or is not the picture it begins as');
  }
  throw new PictureFault('is neither PNG nor JPEG');
}

/** The header is read here first: what it claims decides how much would be inflated. @see PNG section 11.2.1 */
async function decodedPng(file: Buffer): Promise<Pixels> {
  if (file.length < 29 || file.toString('latin1', 12, 16) !== 'IHDR') throw new PictureFault('is damaged');
  requireSize(file.readUInt32BE(16), file.readUInt32BE(20));
  // Interlaced data is inflated without a bound by the decoder.
  if (file.readUInt8(28) !== 0) throw new PictureFault('is interlaced; save it without that');
  const { PNG } = await import('pngjs');
  return PNG.sync.read(file);
}

async function decodedJpeg(file: Buffer): Promise<Pixels> {
  const { default: jpeg } = await import('jpeg-js');
  const megapixels = LARGEST_PICTURE.side ** 2 / 1_000_000;
  try {
    const pixels = jpeg.decode(file, {
      useTArray: true,
      formatAsRGBA: true,
      tolerantDecoding: false,
      maxResolutionInMP: megapixels,
      maxMemoryUsageInMB: 64,
    });
    requireSize(pixels.width, pixels.height);
    return pixels;
  } catch (error) {
    if (error instanceof Error && /maxResolutionInMP|maxMemoryUsage/.test(error.message)) throw tooLarge();
    throw error;
  }
}

function tooLarge(): PictureFault {
  return new PictureFault(`is more than ${LARGEST_PICTURE.side} pixels wide or high`);
}

function requireSize(width: number, height: number): void {
  if (width > LARGEST_PICTURE.side || height > LARGEST_PICTURE.side) throw tooLarge();
  if (width === 0 || height === 0) throw new PictureFault('has no pixels');
}

/** Each new pixel is the mean of those it stands for, weighed by how opaque they are. */
function shrunk(pixels: Pixels, side: number): Pixels {
  const scale = Math.max(pixels.width, pixels.height) / side;
  if (scale <= 1) return pixels;
  const width = Math.max(1, Math.round(pixels.width / scale));
  const height = Math.max(1, Math.round(pixels.height / scale));
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const columns = span(x, width, pixels.width);
      data.set(meanColour(pixels, columns, span(y, height, pixels.height)), (y * width + x) * 4);
    }
  return { width, height, data };
}

/** Which of `from` old rows or columns the new one at `index` of `to` stands for: first, and one past the last. */
function span(index: number, to: number, from: number): [number, number] {
  const first = Math.floor((index * from) / to);
  return [first, Math.max(first + 1, Math.floor(((index + 1) * from) / to))];
}

function meanColour(
  { width, data }: Pixels,
  [left, right]: [number, number],
  [top, bottom]: [number, number],
): [number, number, number, number] {
  let [red, green, blue, opacity] = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const at = (y * width + x) * 4;
      const alpha = data[at + 3] ?? 0;
      red += (data[at] ?? 0) * alpha;
      green += (data[at + 1] ?? 0) * alpha;
      blue += (data[at + 2] ?? 0) * alpha;
      opacity += alpha;
    }
  const count = (right - left) * (bottom - top);
  const mean = (sum: number) => (opacity === 0 ? 0 : Math.round(sum / opacity));
  return [mean(red), mean(green), mean(blue), Math.round(opacity / count)];
}
