// The plots of the report: reads the data that stands in the page, and draws them in the colours of the theme.

import { drawDistributions } from './distributions.mjs';
import { drawLoad } from './load.mjs';
import { drawOverTime, drawStorms } from './over-time.mjs';
import { drawAll } from './plot.mjs';
import { onTheme } from './theme.mjs';

const data = JSON.parse(document.getElementById('data').textContent);
drawLoad(data.load);
drawDistributions(data);
drawOverTime(data);
drawStorms(data.storms);
onTheme(drawAll);
