/** Two wrote the same document: what stays without asking, and what a person has to decide. */
import { PARTS, type Read, type Text } from './text.ts';

export interface Meeting {
  /** What stays without asking anybody: own words where only this side wrote, theirs where only the other did. */
  text: Text;
  /** Both sides wrote these, differently. */
  contested: (keyof Text)[];
}

/** Brings this side's words and what is on the hub now together. */
export function meet(base: Text, mine: Text, theirs: Text): Meeting {
  const text = { ...mine };
  const contested: (keyof Text)[] = [];
  for (const part of PARTS) {
    if (mine[part] === base[part]) text[part] = theirs[part];
    else if (theirs[part] !== base[part] && theirs[part] !== mine[part]) contested.push(part);
  }
  return { text, contested };
}

export interface Conflict {
  /** What this side began from. */
  base: Text;
  mine: Text;
  theirs: Read;
  contested: (keyof Text)[];
}
