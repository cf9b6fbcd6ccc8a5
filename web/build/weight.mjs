// What a browser has to load before it shows something, from the manifest of a build, and whether that is too much.

/** Files that come with these entries: their own, and those of everything they import at once. */
export function closure(manifest, ...keys) {
  const seen = new Set();
  const files = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the build has no ${key}: was it renamed?`);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) visit(next);
  };
  keys.forEach(visit);
  return files;
}

/** Chunks that come later, each by itself: name and file. */
export function lazy(manifest, atOnce) {
  return Object.entries(manifest)
    .filter(([, chunk]) => !atOnce.has(chunk.file) && chunk.file.endsWith('.js'))
    .map(([key, chunk]) => ({ name: chunk.name ?? key, file: chunk.file }));
}

/** One sentence for each part that weighs more than its limit. */
export const tooMuch = (parts) =>
  parts
    .filter(({ bytes, limit }) => bytes > limit)
    .map(({ what, bytes, limit }) => `${what}: ${kilobytes(bytes)}, the budget is ${kilobytes(limit)}`);

export const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
