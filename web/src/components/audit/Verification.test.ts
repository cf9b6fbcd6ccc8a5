import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';

import { client } from '../../lib/client.ts';
import Hosted from '../../testing/Hosted.svelte';
import Verification from './Verification.svelte';

afterEach(() => {
  cleanup();
  client.clear();
  vi.unstubAllGlobals();
});
const finds = (answer: unknown) => vi.stubGlobal('fetch', async () => Response.json(answer));

it('a log that was tampered with is an alarm that says how and from where', async () => {
  const broken = 'records from 41 on are missing: nas has a signed checkpoint of 90 records';
  finds({ ok: false, standing: 'tampered', records: 40, kind: 'rollback', seq: 41, broken, anchors: [] });
  render(Hosted, { page: Verification });
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Audit broken');
  expect(alert.textContent).toMatch(/Records at the end are missing, from record\s*41\s*on/);
  expect(alert.textContent).toContain('nas has a signed checkpoint');
  expect(screen.queryByText('Audit intact')).toBeNull();
});

it('a whole log says how far it is signed and who outside holds it, with their troubles', async () => {
  const anchor = { name: 'file:/mnt/nas', records: 300, at: '2026-11-28T10:00:00.000000', trouble: 'no space left' };
  const checkpoint = { records: 310, at: '2026-11-28T11:00:00.000000' };
  finds({ ok: true, standing: 'anchored', records: 312, checkpoints: 4, checkpoint, unsigned: 2, anchors: [anchor] });
  render(Hosted, { page: Verification });
  const whole = await screen.findByRole('region', { name: 'Verification' });
  for (const told of ['Audit intact', 'Signed to record 310', '2 since', 'Anchored to record 300', 'No space left.'])
    expect(whole.textContent).toContain(told);
});
