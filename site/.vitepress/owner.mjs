// Commands in the pages say OWNER where the project's owner belongs. When SITE_REPOSITORY says who that is, so does the site.
const NOBODY = /\bOWNER(?=\/)/g;
const owner = /^https?:\/\/[^/]+\/([^/]+)\/[^/]+$/.exec(process.env.SITE_REPOSITORY ?? '')?.[1];

export function named(markdown) {
  // Before anything is read, so that code and prose, page and search say the same.
  markdown.core.ruler.before('normalize', 'owner', (state) => {
    state.src = withOwner(state.src, owner);
  });
}

function withOwner(text, name) {
  if (!name) return text;
  // Registries know small letters only.
  return text.replace(/\bghcr\.io\/OWNER(?=\/)/g, `ghcr.io/${name.toLowerCase()}`).replace(NOBODY, name);
}
