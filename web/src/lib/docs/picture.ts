/** Pictures in documents: made small enough in the browser, kept by the hub, named by their content. */
import { request } from '../api/http.ts';

/** What the hub takes for one picture. */
const LIMIT = 256 * 1024;
const KEPT_AS_IS = ['image/png', 'image/webp', 'image/svg+xml'];
/** Wide enough for a screenshot of a whole window. */
const SIDES = [1800, 1400, 1000, 700];
const QUALITIES = [0.86, 0.7, 0.5];

export class PictureError extends Error {}

/** The picture as the hub can keep it. */
async function fitting(file: Blob): Promise<Blob> {
  if (file.size <= LIMIT && KEPT_AS_IS.includes(file.type)) return file;
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new PictureError('This is no picture that the browser can read. PNG, JPEG, WebP, GIF and SVG can be used.');
  });
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/webp', quality));
      if (blob && blob.size <= LIMIT && KEPT_AS_IS.includes(blob.type)) return blob;
    }
  }
  throw new PictureError('The picture stays over 256 KiB however it is made smaller. Cut it down and try again.');
}

/** Uploads a picture and answers the Markdown that shows it. */
export async function pictureMarkdown(file: File): Promise<string> {
  const bytes = await fitting(file);
  const { body } = await request<{ data: { icon: string } }>('POST', '/icons', {
    bytes,
    headers: { 'content-type': bytes.type },
  });
  const alt = file.name
    .replace(/\.[a-z0-9]+$/i, '')
    .replace(/[[\]\\\n]/g, ' ')
    .trim();
  return `![${alt || 'picture'}](${body.data.icon})`;
}
