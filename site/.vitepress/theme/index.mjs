// The usual theme with the fonts of whoever reads: nothing is loaded that is not the site's own.
import theme from 'vitepress/theme-without-fonts';
import './site.css';

export default theme;
