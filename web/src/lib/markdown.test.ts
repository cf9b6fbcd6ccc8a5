// @vitest-environment jsdom
// The sanitiser needs a faithful DOM: in happy-dom it lets things through that no browser does.
import { describe, expect, it } from 'vitest';

import { render } from './markdown.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](vbscript:msgbox(1))',
  '![x](javascript:alert(1))',
  '![x](https://tracker.example/pixel.png)',
  '![x" onerror="alert(1)](/api/icons/abc)',
  '![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)',
  '[[<img src=x onerror=alert(1)>]]',
  '[["onmouseover="alert(1)]]',
  '`<script>alert(1)</script>`',
  '```html\n<script>alert(1)</script>\n```',
  '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
  '<form action="/api/tokens"><input name="x"></form>',
  '<style>body{display:none}</style>',
  '<div style="position:fixed;inset:0">x</div>',
  '<input autofocus onfocus=alert(1)>',
  '<details open ontoggle=alert(1)>x</details>',
  '<base href="https://elsewhere.example/">',
  '<meta http-equiv="refresh" content="0;url=https://elsewhere.example">',
  'x <b onmouseover=alert(1)>y</b>',
  '| a |\n| - |\n| <img src=x onerror=alert(1)> |',
  '- [ ] <img src=x onerror=alert(1)>',
  '# <svg/onload=alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '<https://ok.example/"onmouseover="alert(1)>',
];

const FORBIDDEN =
  'script, style, iframe, object, embed, form, svg, math, base, meta, link, button, textarea, video, audio';

describe('hostile markup', () => {
  it.each(HOSTILE)('%s does nothing', (source) => {
    const page = document.createElement('div');
    page.innerHTML = render(source, { resolve: (name) => `/items/${encodeURIComponent(name)}` });
    expect(page.querySelector(FORBIDDEN)).toBeNull();
    for (const node of page.querySelectorAll('*')) {
      for (const { name, value } of node.attributes) {
        expect(name).not.toMatch(/^on|^style$|srcset|formaction|^id$/i);
        if (name === 'href' || name === 'src') expect(value).not.toMatch(/^\s*(javascript|vbscript|data:text)/i);
      }
      if (node instanceof HTMLImageElement)
        expect(node.getAttribute('src')).toMatch(/^(\/api\/icons\/|data:image\/(png|jpeg|webp|gif);)/);
      if (node instanceof HTMLInputElement) expect([node.type, node.disabled]).toEqual(['checkbox', true]);
    }
  });
});

describe('ordinary pages', () => {
  it('read as written', () => {
    const html = render(
      '# UPS\n\n1. stop **now**\n2. `upsc`\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n> mind\n\n- [x] done',
    );
    for (const part of [
      '<h1>UPS</h1>',
      '<strong>now</strong>',
      '<code>upsc</code>',
      '<td>1</td>',
      '<blockquote>',
      'checked',
    ]) {
      expect(html).toContain(part);
    }
  });
  it('link the items that they name, and only those that exist', () => {
    const html = render('[[docker-01]] and [[gone]]', {
      resolve: (name) => (name === 'docker-01' ? '/items/11' : null),
    });
    expect(html).toContain('<a class="mention" href="/items/11">docker-01</a>');
    expect(html).toContain('<span class="mention">gone</span>');
  });
  it('show raw HTML as the text it is', () => {
    expect(render('<b>x</b>')).toContain('&lt;b&gt;x&lt;/b&gt;');
  });
  it('open foreign addresses apart and keep own ones here', () => {
    expect(render('[x](https://ok.example)')).toContain('rel="noreferrer noopener"');
    expect(render('[x](/items/3)')).toBe('<p><a href="/items/3">x</a></p>\n');
  });
});
