// Draws the OpenAPI document. Text goes in as text, never as markup.

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const resolve = (whole, schema) =>
  schema?.$ref ? schema.$ref.slice(2).split('/').reduce((at, part) => at?.[part], whole) : schema;

function typeOf(whole, schema) {
  const known = resolve(whole, schema);
  if (!known) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (known.const !== undefined) return JSON.stringify(known.const);
  const branches = known.anyOf ?? known.oneOf;
  if (branches) return branches.map((branch) => typeOf(whole, branch)).join(' | ');
  const type = [known.type ?? 'any'].flat().join(' | ');
  return type.includes('array') ? `${typeOf(whole, known.items ?? {}) || 'any'}[]` : type;
}

function fields(whole, schema) {
  const known = resolve(whole, schema);
  const properties = Object.entries(known?.properties ?? {});
  if (!properties.length) return element('p', {}, element('code', {}, typeOf(whole, schema) || 'any'));
  const required = new Set(known.required ?? []);
  return grid(
    ['Field', 'Type', 'Meaning'],
    properties.map(([name, of]) => [
      element('code', {}, required.has(name) ? `${name} *` : name),
      element('code', {}, typeOf(whole, of)),
      resolve(whole, of)?.description ?? of.title ?? '',
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
        element('code', {}, typeOf(whole, parameter.schema ?? {})),
        parameter.description ?? '',
      ];
    });
    parts.push(element('h3', {}, 'Parameters'), grid(['Name', 'In', 'Type', 'Meaning'], rows));
  }
  for (const [type, body] of Object.entries(operation.requestBody?.content ?? {})) {
    parts.push(element('h3', {}, `Body, ${type}`), fields(whole, body.schema ?? {}));
  }
  for (const [status, given] of Object.entries(operation.responses ?? {})) {
    const response = resolve(whole, given);
    const content = Object.entries(response?.content ?? {})[0];
    parts.push(element('h3', {}, `${status} ${response?.description ?? ''}`));
    if (content && status.startsWith('2')) parts.push(fields(whole, content[1].schema ?? {}));
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
} catch (error) {
  document.querySelector('#operations').replaceChildren(element('p', { role: 'alert' }, `Could not read the document: ${error.message}`));
}
