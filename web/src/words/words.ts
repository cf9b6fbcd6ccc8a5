/** Texts of one language, as the built pages ask for them. */

/** A text, or its parts: numbers stand for values, and lists for elements with what is in them. */
type Parts = (string | number | Parts)[];
export interface Catalogue {
  c: (string | Parts)[];
  /** Which form of a plural a number takes. */
  p?: (count: number) => number;
}

export function words({ c, p = (count) => Number(count !== 1) }: Catalogue) {
  const parts = (id: number): Parts => {
    const found = c[id] ?? `[i18n-${id}]`;
    return typeof found === 'string' ? [found] : found;
  };
  const joined = (from: Parts, values: unknown[] = [], first = 1) =>
    from
      .slice(first)
      .map((part) => (typeof part === 'number' ? values[part] : part))
      .join('');
  const text = (id: number, values?: unknown[]) => joined(parts(id), values, 0);
  /** With elements in it, for a component that puts them in; and inside of one. */
  return Object.assign(text, {
    c: parts,
    x: joined,
    p: (id: number) => (count: number) => c[id]?.[p(count)] as string,
  });
}

/** The catalogue of the language, of those that the build made. */
export const read = (catalogues: Record<string, () => Promise<Catalogue>>, language: string) =>
  Object.entries(catalogues).find(([path]) => path.includes(`.${language}.`))![1]();
