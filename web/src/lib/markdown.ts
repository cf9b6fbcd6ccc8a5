/** Markdown to safe HTML: raw HTML is shown as text (so that nothing of it is ever parsed), then the result is sanitised. */
import DOMPurify from 'dompurify';
import { Marked, type Tokens } from 'marked';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);

/** Where `[[name]]` leads; null when no item has that name. */
export type Resolve = (name: string) => string | null;

interface Mention extends Tokens.Generic {
  name: string;
}

const SAFE_ADDRESS = /^(?:https?:|mailto:|tel:|ssh:|\/(?!\/)|#|[^:]*$)/i;

export interface Rendering {
  /** Where mentions lead. */
  resolve?: Resolve;
  /** Boxes can be ticked; each says which task of the text it is. */
  ticking?: boolean;
}

function build({ resolve = () => null, ticking = false }: Rendering): Marked {
  const marked = new Marked({ gfm: true });
  let task = 0;
  marked.use({
    renderer: {
      html: ({ text }) => escape(text),
      checkbox: ({ checked }) =>
        `<input type="checkbox" ${ticking ? `data-task="${task++}"` : 'disabled'} aria-label="${checked ? 'done' : 'to do'}"${checked ? ' checked' : ''}> `,
      // A page that loads pictures from elsewhere would tell others when it is read.
      image: ({ href, text }) =>
        /^(\/api\/icons\/|data:image\/(png|jpeg|webp|gif);)/.test(href)
          ? `<img src="${escape(href)}" alt="${escape(text)}" loading="lazy">`
          : `<a href="${escape(href)}" rel="noreferrer noopener" target="_blank">${escape(text || href)}</a>`,
    },
    extensions: [
      {
        name: 'mention',
        level: 'inline',
        start: (source: string) => source.indexOf('[['),
        tokenizer(source: string) {
          const found = /^\[\[([^[\]\n]{1,200})\]\]/.exec(source);
          return found ? { type: 'mention', raw: found[0], name: found[1]!.trim() } : undefined;
        },
        renderer(token) {
          const { name } = token as Mention;
          const href = resolve(name);
          return href
            ? `<a class="mention" href="${escape(href)}">${escape(name)}</a>`
            : `<span class="mention">${escape(name)}</span>`;
        },
      },
    ],
  });
  return marked;
}

const purifier = DOMPurify();
purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  const href = node.getAttribute('href') ?? '';
  if (!SAFE_ADDRESS.test(href)) node.removeAttribute('href');
  if (/^https?:/i.test(href)) {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noreferrer noopener');
  }
});

const OPTIONS = {
  FORBID_TAGS: [
    'style',
    'form',
    'iframe',
    'object',
    'embed',
    'svg',
    'math',
    'video',
    'audio',
    'button',
    'textarea',
    'select',
  ],
  FORBID_ATTR: ['style', 'id', 'name', 'srcset'],
  ADD_ATTR: ['target', 'aria-label'],
};

export function render(source: string, how: Rendering = {}): string {
  const html = build(how).parse(source, { async: false });
  // A table that scrolls by itself would be none any more to whoever listens to it. All other markup is escaped by now.
  const boxed = html.replaceAll('<table>', '<div class="wide"><table>').replaceAll('</table>', '</table></div>');
  return purifier.sanitize(boxed, OPTIONS);
}
