// Development only: a loopback stand-in for the hub that follows the REST contract, with an invented lab.
// node dev/mock.mjs [port] [--rows 10000] [--auth] [--setup]
import { createReadStream, existsSync } from 'node:fs';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { KINDS, seed } from './mock-lab.mjs';

const port = Number(process.argv[2] ?? 8000);
const flag = (name) => process.argv.includes(name);
const rows = Number(process.argv[process.argv.indexOf('--rows') + 1]) || 0;
const lab = seed(rows);
const { items, links, drift, changes } = lab;
let seq = 0,
  nextId = 1 + Math.max(...items.keys()),
  nextChange = changes.length + 1;
let setUp = flag('--setup');
const users = [{ name: 'keeper', role: 'admin' }],
  tokens = [
    {
      id: 1,
      name: 'desktop-claude',
      scope: 'write',
      created_at: now(),
      expires_at: null,
      last_used_at: now(),
      revoked_at: null,
    },
  ];
const streams = new Set(),
  sessions = new Set();
function now() {
  return new Date().toISOString().replace('Z', '000');
}
const nameOf = (it) => it.row[KINDS.find((k) => k.key === it.kind).name_field];
const ref = (id) => {
  const it = items.get(id);
  return { id, kind: it?.kind ?? 'misc', name: it ? nameOf(it) : 'gone' };
};
const emit = (type, data) => {
  seq++;
  for (const s of streams) s.write(`id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, type, ...data })}\n\n`);
};

class Fault extends Error {
  constructor(status, code, error, more = {}) {
    super(error);
    Object.assign(this, { status, code, more });
  }
}
function record(op, summary, ids, diff, extra = {}) {
  const change = {
    id: nextChange++,
    at: now(),
    actor: 'keeper',
    via: 'web',
    session: null,
    op,
    summary,
    items: ids.map(ref),
    diff,
    reverts: null,
    reverted_by: null,
    revertible: true,
    ...extra,
  };
  changes.unshift(change);
  emit('change', { id: change.id, action: 'created' });
  return change;
}
const PARENTS = ['hardware_id', 'vm_id', 'container_id', 'storage_id', 'parent_id'];
const childrenOf = (id) =>
  [...items.values()].flatMap((it) =>
    PARENTS.filter((p) => it.row[p] === id).map((via) => ({ ...ref(it.row.id), via })),
  );
function check(kind, data) {
  for (const f of kind.fields) {
    const v = data[f.name];
    if (f.required && f.name in data && (v === null || v === ''))
      throw new Fault(400, 'invalid', `${f.label} is needed`, { field: f.name });
    if (v == null || v === '') continue;
    if (f.type === 'address' && !/^[\d.]+$|:/.test(v))
      throw new Fault(400, 'invalid', `“${v}” is not an address`, { field: f.name, hint: 'Write it like 10.0.20.5' });
    if (f.type === 'port' && !(v >= 1 && v <= 65535))
      throw new Fault(400, 'invalid', 'A port is a number from 1 to 65535', { field: f.name });
    if (f.type === 'mac' && !/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(v))
      throw new Fault(400, 'invalid', `“${v}” is not a MAC address`, { field: f.name });
    if (f.type === 'link' && !items.has(v)) throw new Fault(400, 'invalid', `there is no item ${v}`, { field: f.name });
  }
}
function create(kind, data) {
  if (!data[kind.name_field])
    throw new Fault(400, 'invalid', `${kind.fields.find((f) => f.name === kind.name_field).label} is needed`, {
      field: kind.name_field,
    });
  check(kind, data);
  const id = nextId++,
    blank = Object.fromEntries(kind.fields.map((f) => [f.name, null]));
  const row = {
    ...blank,
    ...data,
    id,
    rev: 1,
    tags: data.tags ?? [],
    custom: data.custom ?? {},
    addresses: data.addresses ?? [],
    created_at: now(),
    updated_at: now(),
  };
  items.set(id, { kind: kind.key, row });
  kind.count++;
  emit('item', { action: 'created', id, kind: kind.key, name: row[kind.name_field], rev: 1 });
  return {
    row,
    change: record(`create_${kind.key}`, `Created ${row[kind.name_field]}`, [id], diffOf(kind.key, row, {}, data)),
  };
}
const diffOf = (kind, row, before, after) =>
  Object.keys(after)
    .filter((k) => k !== 'rev' && JSON.stringify(before[k] ?? null) !== JSON.stringify(after[k] ?? null))
    .map((field) => ({
      item_id: row.id,
      kind,
      name: row.name ?? row.title,
      field,
      before: before[field] ?? null,
      after: after[field],
    }));
function update(it, data, rev) {
  if (rev && rev !== it.row.rev)
    throw new Fault(409, 'stale_revision', 'Somebody changed this in the meantime', {
      details: { current: it.row, yours: rev },
    });
  check(
    KINDS.find((k) => k.key === it.kind),
    data,
  );
  const diff = diffOf(it.kind, it.row, it.row, data);
  Object.assign(it.row, data, { id: it.row.id, rev: it.row.rev + 1, updated_at: now() });
  emit('item', { action: 'updated', id: it.row.id, kind: it.kind, name: nameOf(it), rev: it.row.rev });
  return record(
    `update_${it.kind}`,
    `Changed ${diff.map((d) => d.field).join(', ') || 'nothing'} of ${nameOf(it)}`,
    [it.row.id],
    diff,
  );
}
function remove(id, cascade) {
  const it = items.get(id),
    kids = childrenOf(id);
  if (kids.length && !cascade)
    throw new Fault(409, 'has_dependants', `${kids.length} items stand on ${nameOf(it)}`, {
      details: { dependants: kids },
    });
  if (cascade === 'delete') kids.forEach((k) => items.has(k.id) && remove(k.id, 'delete'));
  else for (const k of kids) items.get(k.id).row[k.via] = null;
  const name = nameOf(it);
  items.delete(id);
  KINDS.find((k) => k.key === it.kind).count--;
  emit('item', { action: 'deleted', id, kind: it.kind, name });
  return record(
    `delete_${it.kind}`,
    `Deleted ${name}`,
    [],
    diffOf(it.kind, it.row, it.row, Object.fromEntries(Object.keys(it.row).map((k) => [k, null]))),
    { items: [{ id, kind: it.kind, name }], saved: it },
  );
}
function revert(change) {
  if (change.reverted_by) throw new Fault(409, 'conflict', 'This change was undone already');
  if (change.saved) {
    items.set(change.saved.row.id, change.saved);
    KINDS.find((k) => k.key === change.saved.kind).count++;
    emit('item', { action: 'created', id: change.saved.row.id, kind: change.saved.kind });
  }
  for (const d of change.saved ? [] : change.diff) {
    const it = items.get(d.item_id);
    if (!it) continue;
    if (change.op.startsWith('create')) {
      items.delete(d.item_id);
      emit('item', { action: 'deleted', id: d.item_id, kind: d.kind });
    } else {
      it.row[d.field] = d.before;
      it.row.rev++;
      emit('item', { action: 'updated', id: d.item_id, kind: d.kind });
    }
  }
  const back = record(
    'revert',
    `Undid: ${change.summary}`,
    change.items.map((i) => i.id).filter((i) => items.has(i)),
    change.diff.map((d) => ({ ...d, before: d.after, after: d.before })),
    { reverts: change.id },
  );
  change.reverted_by = back.id;
  change.revertible = false;
  return back;
}
function detail(id) {
  const it = items.get(id);
  if (!it) throw new Fault(404, 'not_found', `There is no item ${id}`);
  const facts = KINDS.find((k) => k.key === it.kind)
    .fields.filter((f) => it.row[f.name] != null)
    .map((f, i) => ({
      field: f.name,
      value: it.row[f.name],
      source: i % 3 === 1 ? 'proxmox:pve' : 'me',
      actor: i % 3 === 1 ? null : 'keeper',
      seen_at: it.row.updated_at,
      shown: true,
    }));
  const mine = drift.filter((d) => d.item.id === id);
  for (const d of mine)
    facts.push({ field: d.field, value: d.observed, source: d.source, seen_at: d.seen_at, shown: false });
  return {
    kind: it.kind,
    row: it.row,
    links: links.filter((l) => l.from.id === id),
    backlinks: links.filter((l) => l.to.id === id),
    parents: PARENTS.map((p) => it.row[p])
      .filter(Boolean)
      .map(ref),
    children: childrenOf(id),
    facts,
    drift: mine,
    networks: lab.networksOf(it.row),
    missing: [],
  };
}
function impact(id) {
  const seen = new Map([[id, []]]),
    queue = [id],
    affected = [];
  while (queue.length) {
    const at = queue.shift();
    for (const k of [
      ...childrenOf(at).map((c) => [c.id, 'parent']),
      ...links.filter((l) => l.to.id === at && ['depends_on', 'mounts'].includes(l.rel)).map((l) => [l.from.id, l.rel]),
    ]) {
      if (seen.has(k[0])) continue;
      const path = [...seen.get(at), { id: at, name: ref(at).name, rel: k[1] }];
      seen.set(k[0], path);
      affected.push({ ...ref(k[0]), depth: path.length, path });
      queue.push(k[0]);
    }
  }
  return { data: { item: ref(id), affected }, count: affected.length };
}
const mark = (text, q) => {
  const i = text.toLowerCase().indexOf(q);
  return i < 0 ? text : `${text.slice(0, i)}\ue000${text.slice(i, i + q.length)}\ue001${text.slice(i + q.length)}`;
};
function search(q, limit) {
  const term = q.toLowerCase().trim(),
    hits = [];
  if (term)
    for (const it of items.values()) {
      const name = nameOf(it),
        text = Object.values(it.row)
          .filter((v) => typeof v === 'string')
          .join(' · ');
      const at = text.toLowerCase().indexOf(term);
      if (at >= 0)
        hits.push({
          entity_type: it.kind,
          entity_id: it.row.id,
          name,
          score: name.toLowerCase().startsWith(term) ? 1 : 0.5,
          snippet: mark(text.slice(Math.max(0, at - 30), at + 70).replace(/\n/g, ' '), term),
          matched: { field: 'name', why: 'exact' },
          parts: {},
          icon: it.row.icon,
        });
    }
  hits.sort((a, b) => b.score - a.score);
  return { data: hits.slice(0, limit), count: hits.length, degraded: 'the meaning model is not loaded: words only' };
}
const list = (kind, p) => {
  const fields = p.get('fields')?.split(',');
  const data = [...items.values()]
    .filter((i) => i.kind === kind)
    .map((i) => (fields ? Object.fromEntries(fields.map((f) => [f, i.row[f] ?? null])) : i.row));
  return { data, count: data.length };
};

async function api(req, path, p, body, raw) {
  const m = req.method,
    seg = path.split('/').filter(Boolean),
    kind = KINDS.find((k) => k.key === (seg[0] === 'docs' ? 'documents' : seg[0]));
  if (kind) {
    const it = seg[1] && items.get(+seg[1]);
    if (!seg[1]) {
      if (m === 'GET') return list(kind.key, p);
      const { row, change } = create(kind, body);
      return { status: 201, json: { data: row }, change };
    }
    if (!it) throw new Fault(404, 'not_found', `There is no ${kind.label} ${seg[1]}`);
    if (m === 'GET') return { data: it.row };
    if (m === 'DELETE') {
      const change = remove(+seg[1], p.get('cascade'));
      return { json: { message: 'Deleted', change_id: change.id }, change };
    }
    const change = update(it, body, Number((req.headers['if-match'] ?? '').replaceAll('"', '')) || body.rev);
    return { json: { data: it.row }, change };
  }
  const id = +seg[1];
  if (path === '/kinds') {
    for (const k of KINDS) k.count = [...items.values()].filter((i) => i.kind === k.key).length;
    return { data: KINDS, count: KINDS.length };
  }
  if (seg[0] === 'items')
    return seg[2] === 'changes'
      ? (() => {
          const d = changes.filter((c) => c.items.some((i) => i.id === id));
          return { data: d, count: d.length };
        })()
      : { data: detail(id) };
  if (seg[0] === 'impact') return impact(id);
  if (seg[0] === 'links') {
    if (m === 'POST') {
      const l = {
        id: Date.now(),
        rel: body.rel,
        from: ref(body.from),
        to: ref(body.to),
        label: body.label ?? null,
        data: null,
        source: 'me',
      };
      links.push(l);
      const c = record('create_link', `Linked ${l.from.name} to ${l.to.name}`, [body.from, body.to], []);
      emit('link', { action: 'created', id: l.id });
      return { status: 201, json: { data: l }, change: c };
    }
    links.splice(
      links.findIndex((l) => l.id === id),
      1,
    );
    emit('link', { action: 'deleted', id });
    return { json: { message: 'Deleted' }, change: record('delete_link', 'Removed a link', [], []) };
  }
  if (seg[0] === 'changes') {
    if (m === 'POST') {
      const c = revert(changes.find((c) => c.id === id));
      return { json: { data: c }, change: c };
    }
    let d = changes;
    if (p.get('before')) d = d.filter((c) => c.id < +p.get('before'));
    if (p.get('actor')) d = d.filter((c) => c.actor === p.get('actor'));
    return { data: d.slice(0, +(p.get('limit') ?? 50)), count: d.length };
  }
  if (seg[0] === 'drift') {
    if (m === 'POST') {
      const d = drift.find((x) => x.id == seg[1]);
      const c = record('settle_drift', `${body.action} ${d.field} of ${d.item.name}`, [d.item.id], []);
      if (body.action === 'accept') {
        items.get(d.item.id).row[d.field] = d.observed;
        drift.splice(drift.indexOf(d), 1);
      } else d.state = { keep: 'kept', pin: 'pinned', reopen: 'open' }[body.action];
      emit('drift', { id: d.id });
      emit('item', { action: 'updated', id: d.item.id, kind: d.item.kind });
      return { json: { data: d }, change: c };
    }
    return { data: drift, count: drift.length };
  }
  if (path === '/search') return search(p.get('q') ?? '', +(p.get('limit') ?? 20));
  if (path === '/search/index') return { indexed: items.size, by_type: {}, errors: 0, status: 'done' };
  if (path === '/status')
    return {
      version: '0.1.0',
      data_dir: '/home/keeper/.local/share/labkeeper',
      items: items.size,
      documents: [...items.values()].filter((i) => i.kind === 'documents').length,
      search: { model: 'all-MiniLM-L6-v2', indexed: items.size, pending: 0, degraded: null },
      uptime_s: Math.round(process.uptime()),
      demo: flag('--demo'),
    };
  if (path === '/users') {
    if (m === 'POST') {
      users.push({ name: body.name, role: body.role });
      return { status: 201, json: { data: users.at(-1) } };
    }
    return { data: users, count: users.length };
  }
  if (seg[0] === 'users') {
    const at = users.findIndex((u) => u.name === seg[1]);
    if (m === 'DELETE') users.splice(at, 1);
    else Object.assign(users[at], { role: body.role });
    return { data: users[at] ?? null };
  }
  if (path === '/tokens') {
    if (m === 'POST') {
      const t = {
        id: tokens.length + 1,
        name: body.name,
        scope: body.scope,
        created_at: now(),
        expires_at: body.expires ? now() : null,
        last_used_at: null,
        revoked_at: null,
      };
      tokens.push(t);
      return { status: 201, json: { data: { ...t, token: 'lk_' + 'x4f9'.repeat(10) } } };
    }
    return { data: tokens, count: tokens.length };
  }
  if (seg[0] === 'tokens') {
    tokens.find((t) => t.id == seg[1]).revoked_at = now();
    emit('token', { id });
    return { message: 'Revoked' };
  }
  if (path === '/audit/verify') return { data: { ok: true, records: 412, head: 'b7f1…' } };
  if (path === '/audit') return { data: [], count: 0 };
  if (path === '/auth/password') {
    if (body.old !== 'secret') throw new Fault(400, 'invalid', 'The old password is wrong', { field: 'old' });
    return { message: 'Changed' };
  }
  if (path === '/icons') return { data: { icon: '/favicon.svg' } };
  if (path === '/bulk') {
    for (const d of body.delete ?? []) {
      const k = childrenOf(d.id);
      if (k.length && !d.cascade)
        throw new Fault(409, 'has_dependants', 'Other items stand on these', { details: { dependants: k } });
    }
    const done = body.delete.filter((d) => items.has(d.id)).map((d) => remove(d.id, d.cascade ?? 'detach'));
    return { json: { data: { created: [], updated: [], deleted: body.delete.map((d) => d.id) } }, change: done.at(-1) };
  }
  if (path === '/import/preview') {
    let data;
    try {
      data = JSON.parse(raw);
    } catch {
      throw new Fault(400, 'invalid', 'This file is neither an export of labkeeper or Homelab Hub, nor CSV', {
        hint: 'Export it again and try that file',
      });
    }
    const creates = Object.entries(data).flatMap(([k, v]) =>
      Array.isArray(v) ? v.map((r, i) => ({ row: i + 1, kind: k, name: r.name ?? r.title })) : [],
    );
    const plan = {
      import_id: 'imp1',
      format: 'hub-plus export',
      rows_in: creates.length,
      creates: creates.slice(0, -3),
      updates: creates.slice(-3).map((c) => ({ kind: c.kind, name: c.name, id: 1, fields: ['ip_address', 'notes'] })),
      unchanged: 4,
      conflicts: [],
      problems: [
        {
          table: 'vms',
          row: 7,
          field: 'cpu_cores',
          what: 'is not a number',
          value: 'four',
          did: 'kept as text in the notes',
        },
        {
          table: 'apps',
          row: 3,
          field: 'vm_id',
          what: 'points at a row that does not exist',
          value: 99,
          did: 'attached to nothing',
        },
      ],
      counts: { hardware: 8, vms: 8 },
    };
    return { data: plan };
  }
  if (path === '/import/apply') {
    if (body.mode === 'replace' && body.confirm_phrase !== 'replace everything')
      throw new Fault(409, 'confirm_required', 'Type the phrase');
    return {
      data: {
        rows_in: 52,
        created: 49,
        updated: 3,
        change_id: changes[0].id,
        safety_copy: body.mode === 'replace' ? 'labkeeper-before-import.json' : null,
      },
    };
  }
  if (seg[0] === 'export') return { data: [...items.values()] };
  throw new Fault(404, 'not_found', 'There is nothing at this address');
}

const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
function file(req, res, path) {
  let at = normalize(join(import.meta.dirname, '../dist', path));
  if (path === '/' || (!existsSync(at) && !extname(path))) at = join(import.meta.dirname, '../dist/index.html');
  if (!existsSync(at)) return res.writeHead(404).end();
  const br = existsSync(at + '.br');
  res.writeHead(200, {
    'content-type': TYPES[extname(at)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(br ? { 'content-encoding': 'br' } : {}),
  });
  createReadStream(br ? at + '.br' : at).pipe(res);
}
http
  .createServer(async (req, res) => {
    const url = new URL(req.url, 'http://x'),
      path = url.pathname;
    if (!path.startsWith('/api')) return file(req, res, path);
    const send = (status, json, headers = {}) =>
      res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
    const p = path.slice(4),
      signedIn = [...sessions].some((s) => req.headers.cookie?.includes(s));
    const chunks = [];
    for await (const c of req) chunks.push(c);
    const raw = Buffer.concat(chunks).toString();
    let body = {};
    try {
      body = raw ? JSON.parse(raw) : {};
    } catch {
      /* bytes */
    }
    const enter = () => {
      const s = 'mock' + Math.random();
      sessions.add(s);
      return { 'set-cookie': `labkeeper=${s}; HttpOnly; SameSite=Strict; Path=/` };
    };
    try {
      const auth = flag('--auth') || flag('--setup');
      if (p === '/config')
        return send(200, {
          requiresAuth: auth,
          version: '0.1.0',
          setup_required: setUp,
          demo: flag('--demo'),
          auth: { password: true, token: true },
          ...(signedIn ? { user: users[0] } : {}),
        });
      if (p === '/auth/setup') {
        if (body.code !== 'ABCD-1234')
          throw new Fault(400, 'invalid', 'That code is not right', {
            field: 'code',
            hint: 'The server printed it when it started',
          });
        setUp = false;
        return send(200, { data: users[0] }, enter());
      }
      if (p === '/auth/login') {
        if (body.password !== 'secret' && !body.token)
          throw new Fault(401, 'unauthorized', 'Name or password is wrong');
        return send(200, { data: users[0] }, enter());
      }
      if (p === '/auth/logout') {
        sessions.clear();
        return send(200, { message: 'Signed out' });
      }
      if (auth && !signedIn) throw new Fault(401, 'unauthorized', 'Sign in first');
      if (p === '/auth/me') return send(200, { data: { ...users[0], via: 'password' } });
      if (p === '/events') {
        res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
        res.write(`event: hello\ndata: {"seq":${seq}}\n\n`);
        streams.add(res);
        req.on('close', () => streams.delete(res));
        return;
      }
      if (req.method !== 'GET' && req.headers['x-labkeeper'] !== '1')
        throw new Fault(403, 'forbidden', 'The header X-Labkeeper is missing');
      const out = await api(req, p, url.searchParams, body, raw);
      send(out.status ?? 200, out.json ?? out, out.change ? { 'x-change-id': String(out.change.id) } : {});
    } catch (e) {
      if (!(e instanceof Fault)) console.error(e);
      send(e.status ?? 500, { error: e.message, code: e.code ?? 'internal', ...e.more, request_id: 'mock-' + seq });
    }
  })
  .listen(port, '127.0.0.1', () => console.log(`mock hub on http://127.0.0.1:${port}, ${items.size} items`));
