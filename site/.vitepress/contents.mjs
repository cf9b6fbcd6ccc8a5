// What is a page, and where it stands. A page of docs/ that is named nowhere stands at the end.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const CONTENTS = {
  'Start here': ['README.md', 'docs/getting-started.md', 'docs/concepts.md', 'docs/install.md'],
  Guides: [
    'docs/first-lab.md',
    'docs/assistants.md',
    'docs/setup.md',
    'docs/approvals.md',
    'docs/finding.md',
    'docs/discovery.md',
    'docs/moving-in.md',
    'docs/scaling.md',
    'docs/observability.md',
    'docs/hardening.md',
    'docs/backup.md',
    'docs/upgrading.md',
  ],
  'In the web app': ['docs/map.md', 'docs/documents.md', 'docs/tables.md', 'docs/reachability.md', 'docs/health.md'],
  'Proxmox VE': ['docs/proxmox.md', 'docs/files.md', 'docs/history.md'],
  Safety: ['SECURITY.md', 'docs/guard.md', 'docs/redaction.md', 'docs/audit.md'],
  Servers: ['docs/postgresql.md', 'docs/redis.md', 'docs/s3.md', 'docs/search.md'],
  Reference: [
    'docs/configuration.md',
    'docs/reference/cli.md',
    'docs/reference/rest.md',
    'docs/reference/mcp.md',
    'docs/reference/metrics.md',
    'docs/troubleshooting.md',
    'CHANGELOG.md',
  ],
  'How it is built': ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/translations.md', 'docs/adr/README.md'],
};
const docs = readdirSync(`${ROOT}docs`, { recursive: true }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
const unnamed = docs.filter((path) => !path.startsWith('docs/adr/') && !Object.values(CONTENTS).flat().includes(path));
if (unnamed.length) CONTENTS.More = unnamed.sort();
const named = Object.values(CONTENTS).flat();
const decisions = readdirSync(`${ROOT}docs/adr`).filter((name) => /^\d/.test(name)).sort().map((name) => `docs/adr/${name}`);

export const isPage = (path) => named.includes(path) || decisions.includes(path);

/** Everything else that is Markdown, for VitePress to pass over. */
export function notPages() {
  const root = readdirSync(ROOT, { withFileTypes: true });
  const folders = root.filter((entry) => entry.isDirectory() && entry.name !== 'docs').map(({ name }) => `${name}/**`);
  const files = root.filter(({ name }) => name.endsWith('.md') && !isPage(name)).map(({ name }) => name);
  return [...folders, ...files];
}

export const navigation = [
  { text: 'Get started', link: '/docs/getting-started' },
  { text: 'Configuration', link: '/docs/configuration' },
  { text: 'Troubleshooting', link: '/docs/troubleshooting' },
];

export function sidebar() {
  const groups = Object.entries(CONTENTS).map(([text, paths]) => ({ text, items: paths.map(item) }));
  const built = groups.find(({ text }) => text === 'How it is built');
  built.items.push({ text: 'Decisions, one by one', collapsed: true, items: decisions.map(item) });
  return groups;
}

function item(path) {
  const title = /^# (.+)$/m.exec(readFileSync(ROOT + path, 'utf8'))?.[1];
  if (!title) throw new Error(`${path} has no title`);
  return { text: title.replaceAll('`', ''), link: path === 'README.md' ? '/' : `/${path.replace(/\.md$/, '')}` };
}
