import { describe, expect, it } from 'vitest';

import type { SavedView } from '../api/views.ts';
import { differs, opening, viewAddress, viewPath, viewQuery } from './views.ts';

const view = (more: Partial<SavedView> = {}): SavedView => ({
  id: 3,
  rev: 1,
  list: 'vms',
  name: 'Prod',
  query: 'q=web&tag=prod',
  columns: null,
  everyone: false,
  opens: false,
  owner: 'anna',
  mine: true,
  ...more,
});
const params = (text: string) => new URLSearchParams(text);

describe('a view in the address', () => {
  it('is words, filters and order, and nothing of the page', () => {
    expect(viewQuery(params('new=1&tag=prod&sort=-name&view=3&q=web&edit=1&os='))).toBe('q=web&sort=-name&tag=prod');
  });
  it('says its filters, so that the link reads the same without it', () => {
    expect(viewAddress(view()).toString()).toBe('view=3&q=web&tag=prod');
    expect(viewPath(view({ list: 'all' }))).toBe('/inventory?view=3');
    expect(viewPath(view())).toBe('/inventory/vms?view=3');
  });
});

describe('what is different from a view', () => {
  it('is not the order in which filters stand', () => {
    expect(differs(view({ query: 'tag=b&tag=a' }), params('tag=a&view=3&tag=b'), null)).toBe(false);
  });
  it('is a filter more, and other columns', () => {
    expect(differs(view(), params('q=web&tag=prod&os=Debian'), null)).toBe(true);
    expect(differs(view(), params('q=web&tag=prod'), [{ id: 'name' }])).toBe(true);
    const wide = view({ columns: [{ id: 'name', width: 200 }] });
    expect(differs(wide, params('q=web&tag=prod'), [{ id: 'name', width: 200 }])).toBe(false);
    expect(differs(wide, params('q=web&tag=prod'), [{ id: 'name' }])).toBe(true);
  });
});

describe('the view that opens a list', () => {
  it("is one's own before that of everyone", () => {
    const shared = view({ id: 1, opens: true, everyone: true, owner: 'bert' });
    const own = view({ id: 2, opens: true });
    expect(opening([shared, own], 'vms')?.id).toBe(2);
    expect(opening([shared], 'vms')?.id).toBe(1);
    expect(opening([own], 'hardware')).toBeUndefined();
  });
});
