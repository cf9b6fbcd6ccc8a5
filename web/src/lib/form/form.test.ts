import { describe, expect, it } from 'vitest';

import { ApiError } from '../api/http.ts';
import type { Kind, Row } from '../api/types.ts';
import { ItemForm } from './form.svelte.ts';

const field = (name: string, type: string, more = {}) => ({
  name,
  label: name,
  type,
  required: false,
  column: true,
  ...more,
});
const kind = {
  key: 'apps',
  label: 'App',
  label_many: 'Apps',
  count: 0,
  name_field: 'name',
  fields: [
    field('name', 'text', { required: true }),
    field('hardware_id', 'link', { link_kinds: ['hardware'] }),
    field('vm_id', 'link', { link_kinds: ['vms'] }),
    field('ip_address', 'address'),
    field('port', 'port'),
    field('https', 'boolean'),
    field('notes', 'longtext'),
  ],
} as Kind;
const stored = (more: Partial<Row> = {}): Row => ({
  id: 7,
  rev: 3,
  name: 'jellyfin',
  hardware_id: null,
  vm_id: 9,
  ip_address: '10.0.20.10',
  port: 8096,
  https: null,
  notes: null,
  tags: ['media'],
  custom: { warranty: 2027, note: 'x' },
  addresses: [
    { ip: '10.0.20.10', mac: null, primary: true },
    { ip: '10.0.30.10', mac: null, interface: 'eth1', primary: false },
  ],
  created_at: '2026-01-01T00:00:00.000000',
  updated_at: '2026-01-01T00:00:00.000000',
  ...more,
});
const fault = (status: number, code: string, more: { field?: string; details?: Record<string, unknown> } = {}) =>
  new ApiError('no', status, code, more.field, undefined, more.details, 'r-1');

describe('what is sent', () => {
  it('is nothing while nothing was changed', () => {
    const form = new ItemForm(kind, stored());
    expect([form.dirty, form.payload()]).toEqual([false, {}]);
  });
  it('is only what differs, as the type that the field has', () => {
    const form = new ItemForm(kind, stored());
    Object.assign(form.values, { port: ' 8920 ', notes: 'loud', https: 'true', ip_address: '' });
    form.tags = ['media', 'prod'];
    expect(form.payload()).toEqual({
      port: 8920,
      notes: 'loud',
      https: true,
      ip_address: null,
      tags: ['media', 'prod'],
    });
  });
  it('is nothing again when the old value is typed back', () => {
    const form = new ItemForm(kind, stored());
    form.values.port = '1';
    form.values.port = '8096';
    expect(form.dirty).toBe(false);
  });
  it('passes on text that is no number, for the server to refuse', () => {
    const form = new ItemForm(kind, null);
    form.values.port = 'eighty';
    expect(form.payload()).toEqual({ port: 'eighty' });
  });
  it('lets go of one parent when another is chosen', () => {
    const form = new ItemForm(kind, stored());
    form.stand(kind.fields[1]!, 5);
    expect(form.payload()).toEqual({ hardware_id: 5, vm_id: null });
  });
  it('keeps the primary address and the types of own fields', () => {
    const form = new ItemForm(kind, stored());
    expect(form.addresses).toHaveLength(1);
    form.addresses = [...form.addresses, { ip: '10.0.40.10', mac: '', primary: false }];
    form.custom = [...form.custom, { name: 'rack', value: '2' }];
    const sent = form.payload();
    expect((sent.addresses as { ip: string }[]).map((address) => address.ip)).toEqual([
      '10.0.20.10',
      '10.0.30.10',
      '10.0.40.10',
    ]);
    expect(sent.custom).toEqual({ warranty: 2027, note: 'x', rack: '2' });
  });
  it('treats a filled-in copy as new', () => {
    const form = new ItemForm(kind, null, { ...stored(), name: 'jellyfin copy', ip_address: null, addresses: [] });
    expect(form.payload()).toMatchObject({ name: 'jellyfin copy', vm_id: 9, port: 8096 });
    expect(form.payload()).not.toHaveProperty('ip_address');
  });
});

describe('what the server refuses', () => {
  it('goes to the field that it names', () => {
    const form = new ItemForm(kind, stored());
    form.refused(fault(400, 'invalid', { field: 'port' }));
    expect([form.errors, form.problem]).toEqual([{ port: 'No.' }, null]);
  });
  it('names the list for a part of it, and the whole form for a field that is not shown', () => {
    const form = new ItemForm(kind, stored());
    form.refused(fault(400, 'invalid', { field: 'addresses[1].ip' }));
    expect(form.errors).toEqual({ addresses: 'No.' });
    form.refused(fault(400, 'invalid', { field: 'sort_key' }));
    expect(form.errors).toEqual({});
    expect(form.problem?.requestId).toBe('r-1');
  });
});

describe('a place that is lent', () => {
  const lent = { hostname: 'pve1.lan', address: '10.0.20.2' };
  it('fills what is empty, and goes with the parent that lent it', () => {
    const form = new ItemForm(kind, null);
    form.lend(lent);
    expect(form.values.ip_address).toBe('10.0.20.2');
    expect(form.values).not.toHaveProperty('hostname');
    form.lend({ hostname: '', address: '10.0.20.3' });
    expect(form.values.ip_address).toBe('10.0.20.3');
  });
  it('leaves alone what somebody wrote', () => {
    const form = new ItemForm(kind, null);
    form.values.ip_address = '10.9.9.9';
    form.lend(lent);
    expect(form.values.ip_address).toBe('10.9.9.9');
  });
});

describe('a stale revision', () => {
  function clash() {
    const form = new ItemForm(kind, stored());
    Object.assign(form.values, { port: '1', notes: 'mine' });
    const current = stored({ rev: 5, port: 2, name: 'renamed' });
    form.refused(fault(409, 'stale_revision', { details: { current, yours: 3 } }));
    return form;
  }
  it('asks only about fields that both changed', () => {
    expect(clash().conflict).toMatchObject({ fields: ['port'], theirs: ['name'] });
  });
  it('keeps mine where I say so and takes theirs elsewhere', () => {
    const form = clash();
    form.settle(['port']);
    expect([form.rev, form.values.name, form.payload()]).toEqual([5, 'renamed', { port: 1, notes: 'mine' }]);
  });
  it('takes theirs and still keeps what only I changed', () => {
    const form = clash();
    form.settle([]);
    expect([form.values.port, form.payload()]).toEqual(['2', { notes: 'mine' }]);
  });
});
