/** The versions of a document, read out of the journal: every change says what the text was before and after it. */
import type { Change } from '../api/types.ts';
import type { Text } from './text.ts';

export interface Version {
  /** The newest change of the sitting. */
  id: number | string;
  at: string;
  /** When the sitting began. */
  from: string;
  actor: string;
  via: string;
  summary: string;
  /** How many saves it was. */
  saves: number;
  before: Text;
  after: Text;
  /** Its saves, the newest first, when it was more than one: what each said can be had back. */
  parts: Version[];
  /** The page began here. */
  first: boolean;
}

/** Who goes on writing within this long is still at the same version. */
const SITTING = 15 * 60_000;
/* @wc-ignore */
const FIELD = { title: 'name', content: 'content' } as const;
const time = (at: string) => Date.parse(`${at}Z`);

/**
 * Newest first. `now` is the document as it is; from there the changes are walked backwards. What moved the page or tagged it is no
 * version. Saves of one sitting are one version, and as many as they were where it is `unfolded`.
 */
export function versions(
  changes: readonly Change[],
  id: number,
  now: Text,
  unfolded: ReadonlySet<Version['id']> = new Set(),
): Version[] {
  const out: Version[] = [];
  let text = now;
  for (const change of changes) {
    const own = change.diff.filter((one) => one.item_id === id && one.table === 'items');
    const field = (name: string) => own.find((one) => one.field === name);
    const [title, content] = [field(FIELD.title), field(FIELD.content)];
    const first = own.some((one) => one.field === 'kind' && one.before === null);
    if (!title && !content && !first) continue;
    const after = { title: word(title?.after, text.title), content: word(content?.after, text.content) };
    const before = {
      title: word(title?.before, first ? '' : after.title),
      content: word(content?.before, first ? '' : after.content),
    };
    text = before;
    const last = out.at(-1);
    const goesOn =
      last &&
      !first &&
      last.actor === change.actor &&
      last.via === change.via &&
      time(last.from) - time(change.at) < SITTING;
    const { id: number, at, actor, via, summary } = change;
    const save = { id: number, at, from: at, actor, via, summary, saves: 1, before, after, first, parts: [] };
    if (goesOn) {
      const parts = [...(last.parts.length ? last.parts : [{ ...last }]), save];
      Object.assign(last, { from: at, saves: last.saves + 1, before, parts });
    } else out.push(save);
  }
  return out.flatMap((one) => (unfolded.has(one.id) && one.parts.length ? one.parts : [one]));
}

const word = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
