// Passes requests on to the hub with a bearer token: the suite cannot send one.
// node with_token.mjs http://127.0.0.1:8000 TOKEN — prints the port it listens on.
import http from 'node:http';

const [target, token] = process.argv.slice(2);
const hub = new URL(target);

const server = http.createServer((asked, answer) => {
  const headers = { ...asked.headers, authorization: `Bearer ${token}` };
  const passed = http.request(
    { host: hub.hostname, port: hub.port, method: asked.method, path: asked.url, headers },
    (said) => {
      answer.writeHead(said.statusCode, said.headers);
      answer.flushHeaders();
      said.pipe(answer);
    },
  );
  passed.on('error', () => answer.destroy());
  answer.on('close', () => passed.destroy());
  asked.pipe(passed);
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
