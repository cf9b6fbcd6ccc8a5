/** The server marks what matched with U+E000 … U+E001; here that becomes parts to draw, never HTML. */
export interface Part {
  text: string;
  hit: boolean;
}

export function marked(snippet: string): Part[] {
  const parts: Part[] = [];
  let hit = false;
  for (const piece of snippet.split(/([\ue000\ue001])/)) {
    if (piece === '\ue000') hit = true;
    else if (piece === '\ue001') hit = false;
    else if (piece) parts.push({ text: piece.replace(/\s+/g, ' '), hit });
  }
  return parts;
}
