import { PHONE } from '../browser.mjs';
import { everyPageAt } from '../every-page.mjs';
import { handTour } from '../pages.mjs';

everyPageAt(PHONE, { theme: 'dark', both: false, tour: handTour });
