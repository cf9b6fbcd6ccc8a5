/** Starting, stopping and restarting guests: what is asked first, what is under way, what is said afterwards. */
import type { Guest } from '../api/proxmox.ts';
import { keys } from '../api/queries.ts';
import { client } from '../client.ts';
import { done, failed } from '../notify.ts';
import { guestKey, running } from './guests.ts';
import { planned } from './plan.ts';

export type Verb = 'start' | 'stop' | 'restart';

interface Words {
  verb: string;
  doing: string;
  done: string;
  /** When it was so before. */
  already: string;
}
export const WORDS: Record<Verb, Words> = {
  start: { verb: 'Start', doing: 'Starting…', done: 'Started', already: 'It ran already.' },
  stop: { verb: 'Stop', doing: 'Stopping…', done: 'Stopped', already: 'It was off already.' },
  restart: { verb: 'Restart', doing: 'Restarting…', done: 'Restarted', already: '' },
};

/** What may be done with a guest as it is now. */
export function verbsFor(guest: Guest): Verb[] {
  if (guest.template || guest.status === 'unknown') return [];
  if (running(guest)) return ['restart', 'stop'];
  return guest.status === 'paused' ? ['stop'] : ['start'];
}

class Power {
  #doing = $state.raw<ReadonlyMap<string, Verb>>(new Map());

  /** What is being done with it, from this page. */
  of(guest: Guest): Verb | undefined {
    return this.#doing.get(guestKey(guest));
  }

  /** Asks first where the plan says so; a person who declines has changed nothing. */
  async act(guest: Guest, verb: Verb): Promise<void> {
    const { vmid, cluster, name } = guest;
    const words = WORDS[verb];
    try {
      const came = await planned<{ already: boolean }>({
        method: 'POST',
        path: `/proxmox/guests/${vmid}/${verb}`,
        input: { cluster },
        title: `${words.verb} ${name}?`,
        yes: words.verb,
        destroys: verb === 'stop',
        onbegin: () => this.#note(guest, verb),
      });
      if (came) void done(`${words.done} ${name}`, null, came.already ? words.already : undefined);
    } catch (error) {
      const act = `${name}: ${words.verb.toLowerCase()}`;
      void failed(`${act} failed`, error, `${act} got no answer`);
    } finally {
      await client.invalidateQueries({ queryKey: keys.proxmox });
      this.#note(guest, null);
    }
  }

  #note(guest: Guest, verb: Verb | null) {
    const doing = new Map(this.#doing);
    if (verb) doing.set(guestKey(guest), verb);
    else doing.delete(guestKey(guest));
    this.#doing = doing;
  }
}

export const power = new Power();
