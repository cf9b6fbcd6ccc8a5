/** Keeps the app itself in the browser, so that it opens when the hub is away, and says when a new version is there. */
import { addressOnPaper } from './print.ts';

const LOOK_EVERY = 60 * 60 * 1000;

const entry = () => new URL(document.querySelector<HTMLScriptElement>('script[type=module]')!.src).pathname;

async function offer(worker: ServiceWorker) {
  const { toast } = await import('svelte-sonner');
  toast('A new version is here', {
    duration: Infinity,
    action: {
      label: 'Reload',
      onClick: () => {
        navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
        worker.postMessage({ take: true });
      },
    },
  });
}

/** A worker that waits is of another version than the one before it; this page may be of the new one already. */
function ask(worker: ServiceWorker) {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => void offer(worker);
  worker.postMessage({ entry: entry() }, [channel.port2]);
}

/** Only where the browser allows it: over HTTPS, or on this machine. */
export async function install() {
  addressOnPaper();
  if (!import.meta.env.PROD || !('serviceWorker' in navigator) || !isSecureContext) return;
  const kept = await navigator.serviceWorker.register('/sw.js').catch(() => null);
  if (!kept) return;
  if (kept.waiting) ask(kept.waiting);
  kept.addEventListener('updatefound', () => {
    const fresh = kept.installing;
    fresh?.addEventListener('statechange', () => {
      if (fresh.state === 'installed' && navigator.serviceWorker.controller) ask(fresh);
    });
  });
  const look = () => void kept.update().catch(() => {});
  setInterval(look, LOOK_EVERY);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
}
