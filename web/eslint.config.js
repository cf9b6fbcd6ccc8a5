import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'node_modules/', '.shots/', 'locales/', 'src/lib/api/api.gen.ts'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Links go through the router's own click handler, and `resolve()` belongs to SvelteKit.
      'svelte/no-navigation-without-resolve': 'off',
      // Address and query objects here are local values, replaced as a whole.
      'svelte/prefer-svelte-reactivity': 'off',
      // A blank between two parts of a line.
      'svelte/no-useless-mustaches': 'off',
    },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteText[value=/&nbsp;|\\u00a0/]',
          message: "A fixed blank cuts a text in half when it is taken out for translation: write {' '} there.",
        },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
);
