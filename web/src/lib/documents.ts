/** Documents as a tree. A page whose parent is gone, or that would be its own ancestor, stands at the top. */
import type { Row } from './api/types.ts';
import { natural } from './table/natural.ts';

export interface Page {
  row: Row;
  title: string;
  children: Page[];
}

export function tree(rows: readonly Row[]): Page[] {
  const pages = new Map(
    rows.map((row) => [row.id, { row, title: String(row.title ?? '') || 'Untitled', children: [] } as Page]),
  );
  const roots: Page[] = [];
  for (const page of pages.values()) {
    const parent = pages.get(page.row.parent_id as number);
    if (parent && !circular(pages, page)) parent.children.push(page);
    else roots.push(page);
  }
  for (const page of pages.values()) page.children.sort(order);
  return roots.sort(order);
}

function circular(pages: Map<number, Page>, start: Page): boolean {
  const seen = new Set<number>();
  for (let at: Page | undefined = start; at; at = pages.get(at.row.parent_id as number)) {
    if (seen.has(at.row.id)) return true;
    seen.add(at.row.id);
  }
  return false;
}

const order = (a: Page, b: Page) =>
  Number(a.row.sort_order ?? 0) - Number(b.row.sort_order ?? 0) || (natural(a.title) < natural(b.title) ? -1 : 1);

/** The pages above one, outermost first. */
export function above(rows: readonly Row[], id: number): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const path: Row[] = [];
  for (
    let at = byId.get(byId.get(id)?.parent_id as number);
    at && !path.includes(at);
    at = byId.get(at.parent_id as number)
  ) {
    path.unshift(at);
  }
  return path;
}
