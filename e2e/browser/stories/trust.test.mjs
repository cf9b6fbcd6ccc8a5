// An assistant at work inside a container: what it does by itself, what it may not do alone, and how a person decides, sees and takes back.
// Everything is real: the demo's hub, its node's SSH server, the files and processes of the guest.
import assert from 'node:assert/strict';

import { assistant } from '../assistant.mjs';
import { settled, stories, until } from '../browser.mjs';
import { startHub } from '../hub.mjs';
import { look } from '../look.mjs';

const ACCOUNT = { name: 'keeper', password: 'correct horse battery' };
const story = stories(async () => {
  const hub = await startHub({ demo: true });
  await hub.api('POST', '/users', { ...ACCOUNT, role: 'admin' });
  return Object.assign(hub, { account: ACCOUNT });
});

const FILE = '/etc/nginx/nginx.conf';
const BEFORE = 'worker_connections 768;';
const AFTER = 'worker_connections 2048;';
const REASON = 'Somebody is watching a film. Tonight after eleven.';

/** The guest as the person sees it, by ways of its own: what is in the file, by its own sha256sum too, and since when it runs. */
function insight({ request }, vmid) {
  const headers = { 'x-labkeeper': '1' };
  const run = async (command) => {
    const answer = await request.post(`/api/proxmox/containers/${vmid}/exec`, { headers, data: { command } });
    assert.ok(answer.ok(), await answer.text());
    const { exitCode, stdout } = await answer.json();
    assert.equal(exitCode, 0, stdout);
    return stdout.trim();
  };
  return {
    async bytes() {
      const answer = await request.get(`/api/files/pct/${vmid}?encoding=base64&path=${encodeURIComponent(FILE)}`);
      assert.ok(answer.ok(), await answer.text());
      return Buffer.from((await answer.json()).content, 'base64');
    },
    sum: () => run(`sha256sum ${FILE}`),
    runsSince: () => run('cut -d " " -f 22 /proc/1/stat'),
  };
}

/** Makes a token in the web app, as its owner would, and gives it to the assistant. */
async function hire(page, hub) {
  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const form = page.getByRole('dialog', { name: 'New token' });
  await form.getByLabel('Name').fill('claude');
  await form.getByRole('radio', { name: /^companion/ }).check();
  assert.deepEqual(await look(page, 'trust-1-token'), []);
  await form.getByRole('button', { name: 'Create token' }).click();
  const shown = page.getByRole('dialog', { name: 'Token claude' });
  const token = await shown.getByRole('textbox', { name: 'Token' }).inputValue();
  await shown.getByRole('button', { name: 'Done' }).click();
  return assistant({ url: hub.url, token });
}

/** The card of the call with that command, by the way from the first page. */
async function openWaiting(page, command) {
  await page.goto('/');
  await settled(page);
  await page.getByRole('region', { name: 'Waiting for you' }).getByRole('link').filter({ hasText: command }).click();
  const card = page.getByRole('article', { name: /^Run on CT \d+ \(jellyfin\)/ });
  await card.getByText('Waits for you').waitFor();
  await until('the command', async () => (await card.getByRole('region', { name: 'The command' }).innerText()).startsWith(command));
  return card;
}

story('an assistant works in a container, waits for a person where it has to, and all of it is taken back', async ({ page, hub, context }) => {
  // Where the demo has no insides of guests it says so, and there is nothing to tell.
  const lacking = /no part of this demo: (.*)/.exec(hub.log())?.[1];
  if (lacking && !process.env.LABKEEPER_TESTS_MAY_NOT_SKIP) return console.log(`SKIPPED trust: ${lacking}`);
  assert.equal(lacking, undefined);

  const claude = await hire(page, hub);
  const done = async (name, args) => {
    const { isError, data } = await claude.call(name, args);
    assert.ok(!isError, `${name}: ${JSON.stringify(data)}`);
    return data;
  };
  const parked = async (command) => {
    const { isError, data } = await claude.call('pct_exec', { vmid, command });
    assert.ok(isError && data.code === 'approval_pending', JSON.stringify(data));
    return { id: data.details.approval.id, plan: data.details.plan, error: data.error };
  };
  const statusOf = async (id) => (await done('approval_status', { id })).data[0];

  const { guests } = await done('pct_list');
  const { vmid } = guests.find((one) => one.name === 'jellyfin');
  const guest = insight(context, vmid);
  const [bytes, sum, since] = [await guest.bytes(), await guest.sum(), await guest.runsSince()];

  // It has read nothing of others yet: a reboot it would only have to confirm, and does not.
  const reboot = 'bash -c "reboot"';
  const stopped = await claude.call('pct_exec', { vmid, command: reboot });
  assert.deepEqual([stopped.isError, stopped.data.code], [true, 'confirm_required'], JSON.stringify(stopped.data));
  assert.ok(stopped.data.details.plan.details.decoded.includes('reboot'), 'the guard sees what is in the string');

  const read = await done('pct_read_file', { vmid, path: FILE });
  assert.equal(read.content, bytes.toString());
  const edit = { vmid, path: FILE, oldString: BEFORE, newString: AFTER };
  const { plan } = await done('pct_edit_file', { ...edit, dry_run: true });
  assert.match(plan.details.diff, /^-.*768;$/m);
  assert.match(plan.details.diff, /^\+.*2048;$/m);
  assert.deepEqual(await guest.bytes(), bytes, 'a dry run writes nothing');
  const written = await done('pct_edit_file', edit);
  assert.deepEqual([written.addedLines, written.removedLines, written.revertible], [1, 1, true]);
  assert.equal((await guest.bytes()).toString(), bytes.toString().replace(BEFORE, AFTER));

  // Now it has, and what somebody else wrote may speak through it: the same call waits for a person.
  const restart = await parked(reboot);
  assert.match(restart.error, /a person decides/);
  const riddle = 'eval "echo served by $(cat /etc/hostname)"';
  const unknown = await parked(riddle);
  assert.ok(unknown.plan.details.undecidable);
  assert.equal((await statusOf(unknown.id)).state, 'pending');

  const yes = await openWaiting(page, riddle);
  await yes.getByText('What it does cannot be known from its text alone.').waitFor();
  assert.deepEqual(await look(page, 'trust-2-undecidable'), []);
  await yes.getByRole('button', { name: 'Approve' }).click();
  await yes.getByText('Done', { exact: true }).waitFor();
  await yes.getByRole('region', { name: 'Output' }).getByText('served by jellyfin').waitFor();
  assert.deepEqual(await look(page, 'trust-3-approved'), []);
  const answered = await until('the answer', async () => {
    const status = await statusOf(unknown.id);
    return status.state === 'done' && status;
  });
  assert.equal(answered.decided_by, ACCOUNT.name);
  assert.equal(answered.outcome.answer.stdout.trim(), 'served by jellyfin');

  const no = await openWaiting(page, reboot);
  await no.getByRole('region', { name: 'What would run' }).getByText('reboot', { exact: true }).waitFor();
  await no.getByLabel('Reason for a no').fill(REASON);
  assert.deepEqual(await look(page, 'trust-4-reboot'), []);
  await no.getByRole('button', { name: 'Deny' }).click();
  await no.getByText('Denied', { exact: true }).waitFor();
  const refused = await statusOf(restart.id);
  assert.deepEqual([refused.state, refused.reason, refused.decided_by], ['denied', REASON, ACCOUNT.name]);
  assert.equal(await guest.runsSince(), since, 'it was not started again');

  await page.goto('/activity');
  await settled(page);
  const change = page.getByRole('main').getByRole('listitem').filter({ hasText: FILE }).first();
  await change.getByRole('button', { name: 'What changed' }).click();
  await change.getByText(AFTER).waitFor();
  assert.deepEqual(await look(page, 'trust-5-activity'), []);
  await change.getByRole('link', { name: 'session' }).click();
  await page.getByRole('button', { name: 'Undo this session…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Undo this session?' });
  await dialog.getByText(AFTER).first().waitFor();
  assert.deepEqual(await look(page, 'trust-6-undo'), []);
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(/^Undid \d+ changes?$/).waitFor();
  assert.deepEqual(await look(page, 'trust-7-undone'), []);
  assert.ok(bytes.equals(await guest.bytes()), 'byte for byte as before');
  assert.equal(await guest.sum(), sum);
});
