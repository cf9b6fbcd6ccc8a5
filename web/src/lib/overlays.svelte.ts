/** What is to be taken back: one change, or everything a session changed. */
export type Undoing = { change: number | string } | { session: string };

/** Which of the app-wide layers is open. */
class Overlays {
  palette = $state(false);
  help = $state(false);
  more = $state(false);
  add = $state(false);
  /** A note that an assistant keeps, found by search. */
  note = $state<number | null>(null);
  undo = $state.raw<Undoing | null>(null);
}
export const overlays = new Overlays();
