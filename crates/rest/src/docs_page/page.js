// Draws the OpenAPI document. Text goes in as text, never as markup.

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const resolve = (whole, schema) =>
  schema?.$ref ? schema.$ref.slice(2).split('/').reduce((at, part) => at?.[part], whole) : schema;

const between = (groups, mark) => groups.flatMap((nodes, at) => (at ? [mark, ...nodes] : nodes));

/** What a schema asks for, as nodes; a named type leads to its place at the end. */
function typeOf(schema) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return [element('a', { href: `#type-${name}` }, name)];
  }
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(' | ')];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return between(branches.map(typeOf), ' | ');
  if (schema.allOf) return between(schema.allOf.map(typeOf), ' & ');
  const types = [schema.type ?? 'any'].flat();
  return between(types.map((type) => (type === 'array' ? [...typeOf(schema.items ?? {}), '[]'] : [type])), ' | ');
}

function fields(schema) {
  const parts = schema.allOf ?? schema.anyOf ?? schema.oneOf;
  if (parts?.some((part) => part.properties)) return element('div', {}, ...parts.map(fields));
  const properties = Object.entries(schema.properties ?? {});
  if (parts?.every((part) => part.const !== undefined)) {
    return grid(['Value', 'Meaning'], parts.map((part) => [element('code', {}, ...typeOf(part)), part.description ?? '']));
  }
  if (!properties.length) return element('p', {}, element('code', {}, ...typeOf(schema)));
  const required = new Set(schema.required ?? []);
  return grid(
    ['Field', 'Type', 'Meaning'],
    properties.map(([name, of]) => [
      element('code', {}, required.has(name) ? `${name} *` : name),
      element('code', {}, ...typeOf(of)),
      of.description ?? of.title ?? '',
    ]),
  );
}

function grid(heads, rows) {
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)));
  const body = rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))));
  return element('div', { class: 'scroll' }, element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)));
}

function inside(whole, operation) {
  const parts = [element('p', {}, operation.description ?? '')];
  if (operation.parameters?.length) {
    const rows = operation.parameters.map((given) => {
      const parameter = resolve(whole, given);
      return [
        element('code', {}, parameter.required ? `${parameter.name} *` : parameter.name),
        parameter.in,
        element('code', {}, ...typeOf(parameter.schema ?? {})),
        parameter.description ?? '',
      ];
    });
    parts.push(element('h3', {}, 'Parameters'), grid(['Name', 'In', 'Type', 'Meaning'], rows));
  }
  for (const [type, body] of Object.entries(operation.requestBody?.content ?? {})) {
    parts.push(element('h3', {}, `Body, ${type}`), fields(body.schema ?? {}));
  }
  for (const [status, given] of Object.entries(operation.responses ?? {})) {
    const response = resolve(whole, given);
    const content = Object.entries(response?.content ?? {})[0];
    parts.push(element('h3', {}, `${status} ${response?.description ?? ''}`));
    if (content && status.startsWith('2')) parts.push(fields(content[1].schema ?? {}));
  }
  return element('div', { class: 'inside' }, ...parts);
}

function drawn(whole, path, method, operation) {
  const summary = element(
    'summary',
    {},
    element('b', { class: `method ${method}` }, method.toUpperCase()),
    element('code', {}, path),
    element('span', {}, operation.summary ?? ''),
  );
  const made = element('details', { id: `${method}-${path}` }, summary);
  made.dataset.words = `${method} ${path} ${operation.operationId} ${operation.summary} ${operation.description}`.toLowerCase();
  made.addEventListener('toggle', () => {
    if (made.open && made.children.length === 1) made.append(inside(whole, operation));
  });
  return made;
}

function drawnType([name, schema]) {
  const summary = element('summary', {}, element('code', {}, name), element('span', {}, schema.description ?? ''));
  const made = element('details', { id: `type-${name}` }, summary, element('div', { class: 'inside' }, fields(schema)));
  made.dataset.words = `${name} ${schema.description ?? ''}`.toLowerCase();
  return made;
}

/** What is linked to is shown open. */
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

function draw(whole) {
  document.querySelector('#about').replaceChildren(
    `${whole.info.title} ${whole.info.version}. ${whole.info.description ?? ''} `,
    element('a', { href: '/api/openapi.json' }, 'openapi.json'),
  );
  const groups = new Map(whole.tags.map((tag) => [tag.name, { tag, made: [] }]));
  for (const [path, methods] of Object.entries(whole.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = operation.tags?.[0] ?? 'other';
      if (!groups.has(name)) groups.set(name, { tag: { name }, made: [] });
      groups.get(name).made.push(drawn(whole, path, method, operation));
    }
  }
  const sections = [...groups.values()].filter((group) => group.made.length).map(({ tag, made }) =>
    element('section', { id: tag.name }, element('h2', {}, tag.name), element('p', {}, tag.description ?? ''), ...made),
  );
  const types = Object.entries(whole.components.schemas).map(drawnType);
  const about = element('p', {}, 'Types that the operations refer to.');
  sections.push(element('section', { id: 'types' }, element('h2', {}, 'types'), about, ...types));
  document.querySelector('#operations').replaceChildren(...sections);
  const links = sections.map((section) => element('a', { href: `#${section.id}` }, section.id));
  document.querySelector('#contents').replaceChildren(...links);
  document.querySelector('#filter').addEventListener('input', (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const section of sections) {
      const all = [...section.querySelectorAll('details')];
      for (const made of all) made.hidden = !words.every((word) => made.dataset.words.includes(word));
      section.hidden = all.every((made) => made.hidden);
    }
  });
}

try {
  const response = await fetch('/api/openapi.json');
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  draw(await response.json());
  addEventListener('hashchange', open);
  open();
} catch (error) {
  document.querySelector('#operations').replaceChildren(element('p', { role: 'alert' }, `Could not read the document: ${error.message}`));
}
