declare module 'virtual:brand' {
  /** "slug light dark,slug light dark": colours as six hex digits, ready for either theme. */
  export const brandColours: string;
}
declare module 'virtual:brand-titles' {
  export const brandTitles: Record<string, string>;
}
declare module 'virtual:symbols' {
  /** Lucide names in /symbols.svg, separated by spaces. */
  export const symbolNames: string;
}
