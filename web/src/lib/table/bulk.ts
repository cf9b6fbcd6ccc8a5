/** What can be changed on many items at once, and what a person asked for in words that the hub takes. */
import type { Edit } from '../api/bulk.ts';
import type { Field, Kind } from '../api/types.ts';
import { fromText } from '../form/wire.ts';

/** What differs between any two things, and what has a dialog of its own. */
const OWN = new Set(['address', 'mac', 'link', 'icon', 'markdown', 'json']);

/** Fields that all of these kinds have, and that can sensibly be the same on many. */
export function sharedFields(kinds: readonly Kind[]): Field[] {
  const [first, ...rest] = kinds;
  const same = (field: Field) =>
    rest.every((kind) => kind.fields.some((other) => other.name === field.name && other.type === field.type));
  const named = new Set(kinds.map((kind) => kind.name_field));
  return first?.fields.filter((field) => !OWN.has(field.type) && !named.has(field.name) && same(field)) ?? [];
}

export interface Wish {
  /** Field and what was typed; nothing typed clears it. */
  fields: { name: string; text: string }[];
  addTags: string;
  removeTags: string;
  /** The field that says on what it stands, and the new value; `undefined` leaves it. */
  parent?: { field: string; id: number | null };
  join: number | null;
  leave: number | null;
}

export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];

export function editOf(wish: Wish, fields: readonly Field[]): Edit {
  const set: Record<string, unknown> = {};
  for (const { name, text } of wish.fields) {
    const field = fields.find((one) => one.name === name);
    if (field) set[name] = fromText(field, text);
  }
  if (wish.parent) set[wish.parent.field] = wish.parent.id;
  return {
    set,
    add_tags: tagsOf(wish.addTags),
    remove_tags: tagsOf(wish.removeTags),
    join: wish.join === null ? [] : [wish.join],
    leave: wish.leave === null ? [] : [wish.leave],
  };
}

export const isEmpty = (edit: Edit): boolean =>
  !Object.keys(edit.set).length &&
  !edit.add_tags.length &&
  !edit.remove_tags.length &&
  !edit.join.length &&
  !edit.leave.length;
