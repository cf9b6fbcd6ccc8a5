/** What the person at the page may say to calls that wait: it takes a person, and for a yes one who may act on the lab. */
import { session } from '../session.svelte.ts';

export function decides(): { yes: boolean; no: boolean; why: string } {
  if (session.user?.via === 'token')
    return { yes: false, no: false, why: 'You came in with a token, and only people decide. Sign in with a password.' };
  const [yes, no] = [session.can('operator'), session.can('editor')];
  const why = no
    ? 'A yes takes an operator or an administrator.'
    : 'Deciding takes more than looking. Ask an administrator.';
  return { yes, no, why: yes ? '' : why };
}
