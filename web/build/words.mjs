/** What of the sources a person reads, and how it is taken out of them. Only `wuchale.config.js` needs this. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { getKey } from 'wuchale';

// The package does not export its transformer; its version is pinned for that.
import { SvelteTransformer } from '../node_modules/@wuchale/svelte/dist/transformer.js';

const COMPARES = new Set(['===', '!==', '==', '!=', 'in', 'instanceof']);

const isEmpty = (node) => !node.fragment?.nodes.length;
/** An icon in front of a text: the icon stays where it is, and the text is a message of its own. */
function isIconAndText(children) {
  const [text, ...before] = children.filter((one) => one.type !== 'Text' || one.data.trim()).reverse();
  return (
    text?.type === 'Text' &&
    before.length > 0 &&
    before.every((one) => (one.type === 'Component' || one.type === 'RegularElement') && isEmpty(one))
  );
}

/** Takes texts out. What is only compared with, and the names of properties, are no texts. */
class Extractor extends SvelteTransformer {
  constructor(...given) {
    super(...given);
    const details = this.heuristciDetails;
    const during = (name, value, work) => {
      const outer = details[name];
      details[name] = value;
      const found = work();
      details[name] = outer;
      return found;
    };
    const { visitBinaryExpression: binary, visitCallExpression: call, visitAttribute: attribute } = this;
    const { visitClassDeclaration: declaredClass, visitExpressionTag: tag } = this;
    this.visitBinaryExpression = (node) => (COMPARES.has(node.operator) ? [] : binary(node));
    this.visitMemberExpression = (node) => this.visit(node.object);
    // Texts do not change while a page is open, so nothing has to watch them.
    this.visitVariableDeclarator = this.defaultVisitVariableDeclarator;
    this.visitThrowStatement = (node) => this.visit(node.argument);
    this.visitSwitchCase = (node) => node.consequent.flatMap(this.visit);
    this.visitProperty = (node) => during('property', node.key.name ?? node.key.value, () => this.visit(node.value));
    this.visitAttribute = (node) => during('within', node.name, () => attribute(node));
    this.visitExpressionTag = (node) => during('shown', !details.within, () => tag(node));
    this.visitClassDeclaration = (node) => [
      ...declaredClass(node),
      ...node.body.body.flatMap((one) => (one.type === 'PropertyDefinition' && one.value ? this.visit(one.value) : [])),
    ];
    this.visitCallExpression = (node) => (node.callee.name === 'plural' ? this.plural(node) : null) ?? call(node);
    this.mixedVisitor = this.initMixedVisitor();
    const { separatelyVisitChildren: asParts } = this.mixedVisitor;
    this.mixedVisitor.separatelyVisitChildren = (given) => {
      if (given.scope !== 'markup' || given.inCompoundText || !isIconAndText(given.children)) return asParts(given);
      return [true, false, false, 'message', given.children.flatMap((child) => this.visitSv(child))];
    };
  }

  /** `plural(n, 'item')` and `plural(n, 'entry', 'entries')` are one message with the forms of the language. */
  plural({ arguments: [count, one, many] }) {
    if (typeof one?.value !== 'string' || (many && typeof many.value !== 'string')) return null;
    const forms = {
      msgStr: [one.value, many?.value ?? `${one.value}s`],
      details: this.fullHeuristicDetails({ scope: 'script' }),
      plural: true,
      placeholders: [],
      type: 'message',
    };
    this.mstr.update(one.start, (many ?? one).end, `${this.vars().rtTPlural}(${this.index.get(getKey(forms.msgStr))})`);
    return [...this.visit(count), forms];
  }
}

/** Attributes, properties and calls whose values no person reads. */
const MACHINE = {
  within:
    /^(?:class|id|style|href|for|role|type|name|form|rel|target|d|viewBox|aria-keyshortcuts|data-.*|autocomplete|accept|mark|tone|variant)$/,
  property: /^(?:id|key|keys|path|href|type|queryKey|queryFn|userEvent|class)$/,
  call: /^(?:request|get|send|.*\.(?:get|has|startsWith|endsWith|includes|replace|split)|.*\.?querySelector(?:All)?|.*\.closest|.*\.setAttribute|(?:add|remove)EventListener|EditorView\..*|HighlightStyle\..*|console\..*|store|stored|.*router\.(?:push|patch))$/,
};
const READ =
  /^(?:title|label|text|placeholder|description|what|help|hint|note|word|more|unit|alt|aria-(?:label|description|roledescription|valuetext))$/;
/** A row of class names. */
const CLASSES =
  /(?:^|\s)-?(?:text|bg|border|[pm][xytblr]?|[hw]|min|max|flex|grid|gap|size|rounded|items|justify|focus|animate|opacity|ring|font|sr|sticky|absolute|relative|inline)-|\w:[a-z[]|-\[|(?:^|\s)\[[^\s[]+:/;
const CODE = /[{}=<>_]|;(?!\s)|\d(?:px|vh|fr)\b|^\S*\/\S*$|\.csv|oklch|color-mix|sans-serif|^M-?[\d.]/;

/** Whether a text of a script is for people: it begins with a capital, or it is a phrase, or it stands where words stand. */
function isForPeople(text, { within, property, call, shown, element }) {
  if (['path', 'script', 'style'].includes(element)) return false;
  if (MACHINE.within.test(within) || MACHINE.property.test(property) || MACHINE.call.test(call)) return false;
  if (CODE.test(text) || CLASSES.test(text)) return false;
  // Names of classes, of keys, and units that are the same everywhere.
  if (/^(?:[A-Z][a-z]+[A-Z]\w*|(?:Mod|Alt|Shift)-\S+|[A-Z]{2,}\S*|[KMGTP]iB)$/.test(text)) return false;
  if (/^[^\p{L}]*\p{Lu}/u.test(text)) return /\p{Ll}/u.test(text);
  if (/[a-z]{2}/.test(text) && /[a-z#] |, [a-z#]|^[a-z]+ #/.test(text)) return true;
  return /[a-z]{2}/.test(text) && ((shown && !call) || READ.test(within) || READ.test(property));
}

export function heuristic({ msgStr, details }) {
  const text = msgStr.join('\n');
  if (!/\p{L}/u.test(text)) return false;
  if (details.scope === 'markup') return ['code', 'pre', 'kbd'].includes(details.element) ? false : 'message';
  if (details.scope === 'attribute') {
    const { attribute } = details;
    return (READ.test(attribute) || /^[A-Z]/.test(text)) && !MACHINE.within.test(attribute) ? 'message' : false;
  }
  return isForPeople(text, { ...details, within: details.attribute ?? details.within }) ? 'message' : false;
}

const OTHERS = /\.(?:test|gen|d)\.ts$|^src\/(?:testing|words)\//;
/** Names in these only machines read. */
const WORDLESS = ['docs/highlight', 'map/impact', 'map/mermaid'].map((name) => `src/lib/${name}.ts`);

/** Every file whose texts are taken out. */
export const sources = (root) =>
  readdirSync(join(root, 'src'), { recursive: true })
    .map((name) => `src/${name}`)
    .filter((file) => /\.(?:svelte|ts)$/.test(file) && !OTHERS.test(file) && !WORDLESS.includes(file));

/** Texts of files that a first load needs come with it; the others come when they are needed. */
export function neededAtFirst(root, entries) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file) || !existsSync(file)) return;
    found.add(file);
    const source = readFileSync(file, 'utf8');
    for (const [, from] of source.matchAll(/^\s*(?:import|export)\s(?!type\b)(?:[^'";]*?\sfrom\s)?'(\.[^']+)'/gm))
      visit(resolve(dirname(file), from));
  };
  for (const entry of entries) visit(join(root, entry));
  return [...found].map((file) => relative(root, file)).filter((file) => /\.(?:svelte|ts)$/.test(file));
}

const runtime = (name) => {
  const use = { wrapInit: (given) => given, wrapUse: () => name };
  return { initReactive: () => null, useReactive: false, plain: use, reactive: use };
};

/** A group of files whose texts are loaded together, as a variable of the given name. */
export const group = (base, name, files) => ({
  ...base,
  files,
  granularLoad: true,
  generateLoadID: () => name,
  transform: async ({ content, filename, index, expr, matchUrl }) => {
    const extractor = new Extractor(content, filename, index, heuristic, [], expr, runtime(`__${name}`), matchUrl);
    const { msgs, output } = await extractor.transformSv();
    return { msgs, output: () => output('') };
  },
});
