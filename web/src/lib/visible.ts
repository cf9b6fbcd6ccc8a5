/** Characters that make a reader see something else than what is there, written out. The hub does so for models, the page for people. */

const DECEPTIVE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** Control, bidirectional and zero-width characters as `\u{202e}`; tabs and line breaks stay. */
export const visible = (text: string): string =>
  text.replace(DECEPTIVE, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`);
