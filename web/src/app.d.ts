declare module 'virtual:brand' {
  /** Slugs of the logos in /brand.svg, separated by spaces. */
  export const brandNames: string;
}
declare module 'virtual:brand-titles' {
  export const brandTitles: Record<string, string>;
}
declare module 'virtual:symbols' {
  /** Lucide names in /symbols.svg, separated by spaces. */
  export const symbolNames: string;
}
