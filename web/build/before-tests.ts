/** Loaded before each file of tests: what the app loads when it first has something to say must not arrive when the test is over. */
import 'svelte-sonner';
