/** How a document is seen: written, read, or both beside each other where there is room. */
import { router } from '../../lib/router.svelte.ts';

export type Mode = 'write' | 'split' | 'read';
const LIKED = 'labkeeper.docs.mode';

const WIDE = matchMedia('(min-width: 1000px)');

class View {
  #wide = $state(WIDE.matches);

  constructor() {
    WIDE.addEventListener('change', () => (this.#wide = WIDE.matches));
  }

  get modes(): { id: Mode; label: string }[] {
    return [
      { id: 'write', label: 'Write' },
      ...(this.#wide ? [{ id: 'split' as Mode, label: 'Split' }] : []),
      { id: 'read', label: 'Read' },
    ];
  }

  /** The address says it; `edit=1` is the way of writing that was chosen last. */
  get mode(): Mode {
    const said = router.query.get('edit');
    if (said === null || said === 'details') return 'read';
    if (!this.#wide) return 'write';
    const wanted = said === '1' ? liked() : said;
    return wanted === 'write' ? 'write' : 'split';
  }

  choose(mode: Mode) {
    if (mode !== 'read') {
      try {
        localStorage.setItem(LIKED, mode);
      } catch {
        // It is only remembered for the next time.
      }
    }
    router.patch({ edit: mode === 'read' ? null : mode });
  }
}

function liked(): string {
  try {
    return localStorage.getItem(LIKED) ?? 'split';
  } catch {
    return 'split';
  }
}

export const view = new View();
