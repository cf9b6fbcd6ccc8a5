/** Sort keys: names in natural order, addresses in numeric order. */

/** "pve-10" sorts after "pve-9": every run of digits is padded. */
export const natural = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'));

/** A key that orders IPv4 numerically, before IPv6, before anything else. */
export function addressKey(text: string): string {
  const first = text.split(/[\s,/]/)[0] ?? '';
  const parts = first.split('.');
  if (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part))) {
    return `4${parts.map((part) => part.padStart(3, '0')).join('')}${text.slice(first.length)}`;
  }
  return first.includes(':') ? `6${text.toLowerCase()}` : `9${natural(text)}`;
}
