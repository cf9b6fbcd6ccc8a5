/** How values read: times relative with the exact on hover, sizes binary with a unit, numbers grouped. */
import { language, locale } from './language.ts';

const NUMBER = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const EXACT = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const CLOCK = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });

/** The server's stamps are UTC without a zone. */
export function instant(stamp: string): Date {
  return new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(stamp) ? stamp : `${stamp.replace(' ', 'T')}Z`);
}

/* @wc-include */
export function ago(stamp: string, now = Date.now()): string {
  const seconds = Math.round((now - instant(stamp).getTime()) / 1000);
  if (Number.isNaN(seconds)) return stamp;
  if (seconds < 0) return until(-seconds);
  if (seconds < 45) return 'now';
  return span(seconds);
}

/* @wc-include */
function span(seconds: number): string {
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  if (seconds < 86_400 * 60) return `${Math.round(seconds / 86_400)} d`;
  if (seconds < 86_400 * 700) return `${Math.round(seconds / 86_400 / 30.4)} mo`;
  return `${Math.round(seconds / 86_400 / 365)} y`;
}

/* @wc-include */
const until = (seconds: number) => (seconds < 45 ? 'now' : `in ${span(seconds)}`);

/* @wc-include */
export const duration = (seconds: number) => (seconds < 60 ? `${Math.round(seconds)} s` : span(seconds));

export function exact(stamp: string): string {
  const date = instant(stamp);
  return Number.isNaN(date.getTime()) ? stamp : EXACT.format(date);
}

export const clock = (stamp: string) => CLOCK.format(instant(stamp));

export function day(stamp: string, now = new Date()): string {
  const date = instant(stamp);
  const start = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  const days = Math.round((start(now) - start(date)) / 86_400_000);
  return days === 0 ? 'Today' : days === 1 ? 'Yesterday' : DAY.format(date);
}

export const number = (value: number) => NUMBER.format(value);

/** In a build, `one` knows the forms of the language. */
export function plural(count: number, one: string | ((count: number) => string), many?: string): string {
  const form = typeof one === 'function' ? one(count) : count === 1 ? one : (many ?? `${one}s`);
  return `${number(count)} ${form}`;
}

/** 1536 → "1.5 KiB" */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${NUMBER.format(Math.round(value * 10) / 10)} ${units[unit]}`;
}

/** A share of one: 0.342 → "34 %" */
export const percent = (share: number) => `${Math.round(share * 100)} %`;

export function withUnit(value: number, unit?: string | null): string {
  return unit ? `${NUMBER.format(value)} ${unit}` : NUMBER.format(value);
}

/** Any field value as one line of text; empty text for nothing. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join(', ');
  return JSON.stringify(value);
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f]*:[\da-f:.]*)(?:\/\d{1,3})?$/i;
/** Whether a text is addresses and nothing else: these are drawn in mono, whatever field they stand in. */
export const isAddress = (text: string): boolean => text.split(/,\s*/).every((part) => ADDRESS.test(part));

/** "ram_gb" → "Ram gb": for fields whose declaration is not at hand. */
export function humanise(name: string): string {
  const text = name.replace(/_id$/, '').replace(/_/g, ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SOURCES: Record<string, string> = {
  import: 'Import',
  scan: 'Discovery',
  proxmox: 'Proxmox',
  docker: 'Docker',
  me: 'You',
};
/** "proxmox:pve" → "Proxmox pve" */
export function sourceName(source: string): string {
  const [head = source, ...rest] = source.split(':');
  return [SOURCES[head] ?? humanise(head), rest.join(':')].filter(Boolean).join(' ');
}

/** "Document" → "document", but "VM" stays. */
export const small = (label: string) =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

/** A label inside a sentence: German writes its nouns large wherever they stand. */
export const inSentence = (label: string) => (language === 'de' ? label : small(label));
