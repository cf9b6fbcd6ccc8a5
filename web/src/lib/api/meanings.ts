/** The hub says why it refused in English. Whoever reads another language is told first what that comes to. */

/** Codes of the API, which are stable; `crates/core/src/fault.rs` lists them. `null` for one that is not known here. */
export function inShort(code: string): string | null {
  switch (code) {
    case 'invalid':
    case 'unknown_field':
      return 'Something in it is not accepted.';
    case 'not_found':
      return 'There is no such thing, or not any more.';
    case 'stale_revision':
      return 'Somebody changed it in the meantime.';
    case 'has_dependants':
      return 'Others stand on it.';
    case 'conflict':
      return 'That does not fit how things are now.';
    case 'unauthorized':
      return 'You are not signed in, or not with what is right.';
    case 'forbidden':
      return 'You may not do that.';
    case 'confirm_required':
      return 'It wants a yes first.';
    case 'approval_pending':
      return 'It waits until a person decides.';
    case 'still_running':
      return 'It takes longer, and goes on.';
    case 'denied':
      return 'A rule forbids that.';
    case 'too_large':
      return 'That is too large.';
    case 'rate_limited':
      return 'That is too much at once. Wait a little.';
    case 'unavailable':
      return 'Something that is needed for it is not there now.';
    case 'cancelled':
      return 'It was stopped.';
    case 'internal':
      return 'That is a mistake in labkeeper.';
    default:
      return null;
  }
}
