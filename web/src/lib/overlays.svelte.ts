/** Which of the app-wide layers is open. */
class Overlays {
  palette = $state(false);
  help = $state(false);
  more = $state(false);
  add = $state(false);
}
export const overlays = new Overlays();
