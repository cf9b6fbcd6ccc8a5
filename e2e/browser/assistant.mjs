// An assistant that works through MCP: one session of one token, with the tools as a model calls them.

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const VERSION = '2025-06-18';

/** Begins a session with the token of the hub. */
export async function assistant(hub) {
  const known = { ...HEADERS, authorization: `Bearer ${hub.token}` };
  let id = 0;
  async function send(message, headers = {}) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const answer = await fetch(`${hub.url}/mcp`, { method: 'POST', headers: { ...known, ...headers }, body });
    if (!answer.ok) throw new Error(`MCP ${message.method}: ${answer.status} ${await answer.text()}`);
    return { answer, text: await answer.text() };
  }
  const client = { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: 'story', version: '1' } };
  const { answer } = await send({ id: (id += 1), method: 'initialize', params: client });
  const session = { 'mcp-session-id': answer.headers.get('mcp-session-id'), 'mcp-protocol-version': VERSION };
  await send({ method: 'notifications/initialized' }, session);

  return {
    /** What the tool answers; whether it is an error is the caller's to look at. */
    async call(name, args = {}) {
      const { text } = await send({ id: (id += 1), method: 'tools/call', params: { name, arguments: args } }, session);
      const lines = text.startsWith('{') ? [text] : text.split('\n').flatMap((line) => /^data: (\{.*)/.exec(line)?.[1] ?? []);
      const said = lines.map((line) => JSON.parse(line)).find((message) => message.id === id);
      if (said?.error) throw new Error(`${name}: ${said.error.message}`);
      const { structuredContent, content, isError = false } = said.result;
      const data = structuredContent ?? JSON.parse(content[0].text);
      return { isError, data };
    },
  };
}
