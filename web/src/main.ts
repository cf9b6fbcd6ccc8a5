import './app.css';

import { mount } from 'svelte';

import App from './App.svelte';
import { router } from './lib/router.svelte.ts';
import { session } from './lib/session.svelte.ts';
import { routes } from './routes.ts';

void session.load();
void router.init(routes);
mount(App, { target: document.getElementById('app')! });
