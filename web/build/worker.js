// The service worker: what the app itself is made of is kept, so that it opens when the hub is away. Answers of the hub
// are never kept. The build puts in the names.
const ENTRY = '%ENTRY%';
const SHELL = ['%SHELL%'];
const CACHE = `shell ${ENTRY}`;
/** Pages that were open before an update still ask for files of the shell before. */
const GENERATIONS = 2;

const keep = async () => (await caches.open(CACHE)).addAll(SHELL.map((path) => new Request(path, { cache: 'reload' })));

async function tidy() {
  const names = (await caches.keys()).filter((name) => name.startsWith('shell ') && name !== CACHE);
  await Promise.all(names.slice(0, Math.max(0, names.length - (GENERATIONS - 1))).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** As it is in this version; of the one before only what this one does not have. */
const kept = async (what) => (await (await caches.open(CACHE)).match(what)) ?? caches.match(what);

/** A hub that gives no page in this time is as good as away, in milliseconds. */
const PATIENCE = 4000;

/** The page itself comes from the hub whenever it answers: a new version is there at the next load. */
async function page(request) {
  const answer = fetch(request).catch(() => null);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  return (await Promise.race([answer, late])) ?? (await kept('/')) ?? (await answer) ?? Response.error();
}

/** Names under /assets/ carry a hash of their content. */
async function hashed(request) {
  const known = await caches.match(request);
  if (known) return known;
  const answer = await fetch(request);
  // Where there is no room to keep it, it is there all the same.
  if (answer.ok) void keepOne(request, answer.clone()).catch(() => {});
  return answer;
}
const keepOne = async (request, answer) => (await caches.open(CACHE)).put(request, answer);

const plain = (request) => fetch(request).catch(async () => (await kept(request)) ?? Response.error());

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(tidy()));
self.addEventListener('message', (event) => {
  // A page that is of this version already has nothing to reload.
  if (event.data?.take || event.data?.entry === ENTRY) void self.skipWaiting();
  else event.ports[0]?.postMessage('newer');
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(hashed(request));
  else if (SHELL.includes(url.pathname) && request.mode !== 'navigate') event.respondWith(plain(request));
  // A file or an answer of the hub that is opened as a page is no page of the app.
  else if (request.mode === 'navigate' && !/^\/(api|mcp)(\/|$)|\.[a-z0-9]+$/i.test(url.pathname))
    event.respondWith(page(request));
});
