/** Colours for blocks of code in what a home lab writes down: shells, configuration, a few languages. Offline and small. */

export type Shade = 'comment' | 'string' | 'number' | 'keyword' | 'name' | 'added' | 'removed';
export interface Part {
  text: string;
  shade: Shade | null;
}

type Rule = [Shade, string];

/*
 * A rule that begins may not look through the rest of the code in vain again and again, or a long block takes seconds. A quote
 * behind a backslash opens nothing, so that of the quotes without an end only the first is followed; what else has no end
 * goes on to the last character.
 */
const END = '(?![^])';
const DOUBLE = String.raw`(?<!\\)"(?:\\[^]|[^"\\])*"`;
const SINGLE = String.raw`(?<!\\)'(?:\\.|[^'\\\n])*'`;
const NUMBER: Rule = ['number', String.raw`\b(?:0x[\da-f]+|\d+(?:\.\d+)*)(?:[KMGT]i?B?|ms|[smhd%])?\b`];
const HASH: Rule = ['comment', String.raw`(?<![^\s])#[^\n]*`];
const SLASHES: Rule = ['comment', String.raw`\/\/[^\n]*|\/\*[^]*?(?:\*\/|${END})`];
const words = (list: string): Rule => ['keyword', String.raw`(?<![\w.-])(?:${list})(?![\w-])`];

const SHELL: Rule[] = [
  HASH,
  ['string', `${DOUBLE}|'[^']*'`],
  ['name', String.raw`\$(?:\{[^}\n]*\}?|\w+|[?@#*$!-])`],
  words('if|then|else|elif|fi|for|in|do|done|while|until|case|esac|function|return|local|export|sudo|set|exit'),
  ['keyword', String.raw`(?<=\s)--?[A-Za-z][\w-]*`],
  NUMBER,
];
const YAML: Rule[] = [
  HASH,
  ['name', String.raw`(?<=^[ \t-]{0,60})(?<![\w./@])[\w./@-]+(?=:(?:\s|$))|(?<=^[ \t-]{0,60})"[^"\n]+"(?=:\s)`],
  ['string', `${DOUBLE}|${SINGLE}`],
  words('true|false|null|yes|no|on|off'),
  NUMBER,
];
const INI: Rule[] = [
  ['comment', String.raw`^[ \t]*[#;][^\n]*`],
  ['keyword', String.raw`^[ \t]*\[[^\]\n]*\]`],
  ['name', String.raw`^[ \t]*[\w.@-]+(?=[ \t]*[=:])`],
  ['string', `${DOUBLE}|${SINGLE}`],
  words('true|false|yes|no|on|off'),
  NUMBER,
];
const JSON_: Rule[] = [
  ['name', String.raw`${DOUBLE}(?=\s*:)`],
  ['string', DOUBLE],
  words('true|false|null'),
  SLASHES,
  NUMBER,
];
const C_LIKE: Rule[] = [
  SLASHES,
  ['string', String.raw`${DOUBLE}|${SINGLE}|(?<!\\)${'`'}(?:\\[^]|[^${'`'}\\])*${'`'}`],
  words(
    'const|let|var|function|return|if|else|for|while|of|in|new|class|extends|import|export|from|default|async|await|throw|try|catch|switch|case|break|continue|typeof|interface|type|enum|fn|pub|use|mod|impl|struct|match|mut|self|where|trait|func|package|range|go|defer|null|undefined|true|false|nil|None|Some|Ok|Err',
  ),
  NUMBER,
];
const PYTHON: Rule[] = [
  HASH,
  ['string', String.raw`"""[^]*?"""|'''[^]*?'''|${DOUBLE}|${SINGLE}`],
  words(
    'def|return|if|elif|else|for|while|in|not|and|or|is|import|from|as|class|with|try|except|finally|raise|pass|break|continue|lambda|yield|async|await|None|True|False|self',
  ),
  NUMBER,
];
const SQL: Rule[] = [
  ['comment', String.raw`--[^\n]*|\/\*[^]*?(?:\*\/|${END})`],
  ['string', `'(?:''|[^'])*'`],
  words(
    'select|from|where|join|left|right|inner|on|group|by|order|limit|insert|into|values|update|set|delete|create|table|index|drop|alter|and|or|not|null|as|distinct|with|union|having|primary|key|references|default',
  ),
  NUMBER,
];
const NGINX: Rule[] = [
  HASH,
  ['name', String.raw`\$\w+`],
  ['keyword', String.raw`^[ \t]*[a-z_]+(?=[\s;{])`],
  ['string', `${DOUBLE}|${SINGLE}`],
  NUMBER,
];
const DOCKER: Rule[] = [
  [
    'keyword',
    String.raw`^[ \t]*(?:FROM|RUN|COPY|ADD|ENV|ARG|WORKDIR|EXPOSE|CMD|ENTRYPOINT|USER|VOLUME|LABEL|HEALTHCHECK|SHELL|STOPSIGNAL|ONBUILD|AS)\b`,
  ],
  ...SHELL,
];
const DIFF: Rule[] = [
  ['keyword', String.raw`^(?:@@[^\n]*|(?:---|\+\+\+|diff |index )[^\n]*)`],
  ['added', String.raw`^\+[^\n]*`],
  ['removed', String.raw`^-[^\n]*`],
];

const LANGUAGES: [names: string, rules: Rule[]][] = [
  ['sh bash shell zsh console fish ash', SHELL],
  ['yaml yml', YAML],
  ['ini conf toml cfg properties systemd service env dotenv desktop', INI],
  ['json json5 jsonc', JSON_],
  ['js ts javascript typescript jsx tsx rust rs go c cpp java kotlin php css hcl terraform tf', C_LIKE],
  ['python py', PYTHON],
  ['sql sqlite postgres mysql', SQL],
  ['nginx caddy caddyfile haproxy', NGINX],
  ['dockerfile docker', DOCKER],
  ['diff patch', DIFF],
];

/** Longer blocks stay plain: nobody reads them in colour, and every key would wait for them. */
const MOST = 40_000;
const compiled = new Map<Rule[], RegExp>();

const rulesOf = (language: string) =>
  LANGUAGES.find(([names]) => names.split(' ').includes(language.toLowerCase()))?.[1];

/** The code in parts; null for a language that is not known. */
export function shaded(code: string, language: string): Part[] | null {
  const rules = rulesOf(language);
  if (!rules || code.length > MOST) return null;
  let pattern = compiled.get(rules);
  if (!pattern) {
    const flags = rules === SQL ? 'gmi' : 'gm';
    compiled.set(rules, (pattern = new RegExp(rules.map(([, source]) => `(${source})`).join('|'), flags)));
  }
  const parts: Part[] = [];
  let at = 0;
  for (const found of code.matchAll(pattern)) {
    if (!found[0]) continue;
    if (found.index > at) parts.push({ text: code.slice(at, found.index), shade: null });
    const which = found.slice(1).findIndex((group) => group !== undefined);
    parts.push({ text: found[0], shade: rules[which]![0] });
    at = found.index + found[0].length;
  }
  if (at < code.length) parts.push({ text: code.slice(at), shade: null });
  return parts;
}

/** Colours the blocks inside an element, text by text: nothing of it is read as markup. */
export function colour(root: Element) {
  for (const block of root.querySelectorAll<HTMLElement>('pre > code[class^="language-"]:not([data-shaded])')) {
    const parts = shaded(block.textContent ?? '', block.className.slice('language-'.length).split(/\s/)[0]!);
    block.dataset.shaded = '';
    if (!parts) continue;
    block.replaceChildren(
      ...parts.map(({ text, shade }) => {
        if (!shade) return document.createTextNode(text);
        const span = document.createElement('span');
        span.className = `shade-${shade}`;
        span.textContent = text;
        return span;
      }),
    );
  }
}
