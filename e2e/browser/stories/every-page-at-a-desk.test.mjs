import { DESKTOP } from '../browser.mjs';
import { everyPageAt } from '../every-page.mjs';
import { deskTour } from '../pages.mjs';

everyPageAt(DESKTOP, { theme: 'light', both: true, tour: deskTour });
