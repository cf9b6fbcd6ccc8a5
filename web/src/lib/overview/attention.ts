/** What in the lab needs somebody, from everything that looks at it, the worst first. */
import type { Approval } from '../api/approvals.ts';
import type { Finding, Gap, Level } from '../api/proxmox.ts';
import type { Drift, Status } from '../api/types.ts';
import { humanise, number, plural } from '../format.ts';
import { capital } from '../proxmox/health.ts';
import type { Reachability } from '../reachability/watch.svelte.ts';

export interface Need {
  key: string;
  level: Exclude<Level, 'ok'>;
  /** What an AI asks for is told apart from what broke. */
  asked?: boolean;
  title: string;
  /** Where, or what exactly. */
  text: string;
  href: string;
  /** Since when. */
  since?: string;
  item?: { id: number; kind: string; name: string };
}

export interface Sources {
  findings?: readonly Finding[];
  gaps?: readonly Gap[];
  reachability?: Reachability;
  drift?: readonly Drift[];
  waiting?: readonly Approval[];
  search?: Status['search'];
}

const BADNESS: Record<Need['level'], number> = { crit: 0, warn: 1, unknown: 2 };
/** Of several alike, so many by themselves; the others in one line. */
const EACH = 3;

const list = (names: readonly string[], most = 3) =>
  names.length > most ? `${names.slice(0, most).join(', ')} and ${number(names.length - most)} more` : names.join(', ');

function ofFindings(findings: readonly Finding[]): Need[] {
  const needs = findings
    .filter((one) => one.status === 'crit' || one.status === 'warn')
    .map<Need>((one, i) => ({
      key: `finding ${i} ${one.check}`,
      level: one.status as 'crit' | 'warn',
      title: capital(one.finding),
      text: [one.node ?? one.cluster, humanise(one.section), one.detail && list(one.detail.split('\n'))]
        .filter(Boolean)
        .join(' · '),
      href: '/health',
    }));
  const unseen = findings.filter((one) => one.status === 'unknown');
  if (!unseen.length) return needs;
  const sections = [...new Set(unseen.map((one) => humanise(one.section)))];
  const title = plural(unseen.length, 'check could not be made', 'checks could not be made');
  return [...needs, { key: 'unseen', level: 'unknown', title, text: list(sections), href: '/health' }];
}

function ofReachability({ data, certificates }: Reachability): Need[] {
  const silent = data.filter((one) => !one.alive);
  const down = silent.slice(0, silent.length > EACH + 1 ? EACH : undefined).map<Need>((one) => ({
    key: `down ${one.item.id}`,
    level: 'crit',
    title: `${one.item.name} does not answer`,
    text: 'No answer on the network',
    href: `/items/${one.item.id}`,
    since: one.since,
    item: one.item,
  }));
  const rest = silent.slice(down.length);
  if (rest.length) {
    const text = list(rest.map((one) => one.item.name));
    down.push({
      key: 'down',
      level: 'crit',
      title: `${number(rest.length)} more do not answer`,
      text,
      href: '/health/reachability',
    });
  }
  const ending = certificates
    .filter((one) => one.status === 'crit' || one.status === 'warn')
    .map<Need>((one) => ({
      key: `certificate ${one.item.id} ${one.port}`,
      level: one.status as 'crit' | 'warn',
      title: `Certificate of ${one.item.name} ${one.words}`,
      text: `${one.names[0] ?? one.subject}, port ${one.port}`,
      href: `/items/${one.item.id}`,
      item: one.item,
    }));
  return [...down, ...ending];
}

function ofDrift(drift: readonly Drift[]): Need[] {
  const open = drift.filter((one) => one.state === 'open');
  if (!open.length) return [];
  const names = [...new Set(open.map((one) => one.item.name))];
  const title = plural(open.length, 'value differs from what you noted', 'values differ from what you noted');
  return [{ key: 'drift', level: 'warn', title, text: list(names), href: '/drift' }];
}

function ofWaiting(waiting: readonly Approval[]): Need[] {
  if (!waiting.length) return [];
  const who = [...new Set(waiting.map((one) => one.actor))];
  const title = plural(waiting.length, 'request waits for your approval', 'requests wait for your approval');
  return [{ key: 'waiting', level: 'warn', asked: true, title, text: `From ${list(who)}`, href: '/approvals' }];
}

export function needs({ findings, gaps, reachability, drift, waiting, search }: Sources): Need[] {
  const missing = (gaps ?? []).map<Need>((gap) => ({
    key: `gap ${gap.cluster} ${gap.problem}`,
    level: 'crit',
    title: `Cluster ${gap.cluster} cannot be asked`,
    text: gap.problem,
    href: '/settings/connections',
  }));
  const search_: Need[] = search?.degraded
    ? [
        {
          key: 'search',
          level: 'warn',
          title: 'Search by meaning is off',
          text: search.degraded,
          href: '/settings/about',
        },
      ]
    : [];
  return [
    ...ofWaiting(waiting ?? []),
    ...missing,
    ...(reachability ? ofReachability(reachability) : []),
    ...ofFindings(findings ?? []),
    ...ofDrift(drift ?? []),
    ...search_,
  ].sort((a, b) => Number(b.asked ?? false) - Number(a.asked ?? false) || BADNESS[a.level] - BADNESS[b.level]);
}
