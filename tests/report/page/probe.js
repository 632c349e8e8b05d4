// Asks a page in a browser what its reader sees and can do; the answers are JSON in an attribute of the root.
const seen = {ready_ms: performance.now()};
const all = (selector) => [...document.querySelectorAll(selector)];
const point = (element) => {
  const box = element.getBoundingClientRect();
  const at = {bubbles: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2};
  element.dispatchEvent(new PointerEvent('pointerover', at));
  element.dispatchEvent(new PointerEvent('pointermove', at));
  const tip = document.getElementById('tip');
  return tip.classList.contains('hidden') ? '' : tip.textContent;
};
const is_open = (element) => !element.closest('details:not([open])');

seen.width = innerWidth;
seen.scroll_width = document.documentElement.scrollWidth;
seen.charts = all('section.chart').map((chart) => chart.id);
seen.empty_charts = all('section.chart').filter((chart) => !chart.querySelector('rect, circle, path')).length;
seen.empty_pictures = all('svg').filter((svg) => svg.children.length === 0 && !svg.closest('td')).length;
seen.flat_pictures = all('svg').filter((svg) => is_open(svg) && svg.getBoundingClientRect().height === 0).length;
seen.bar = document.querySelector('#latency rect') ? point(document.querySelector('#latency rect')) : '';
seen.process = document.querySelector('#latency circle') ? point(document.querySelector('#latency circle')) : '';
seen.nothing = point(document.querySelector('h1'));
if (document.querySelector('tr[data-r]')) {
  point(document.querySelector('tr[data-r="0"] th, tr[data-r="0"] td'));
  seen.lit = all('tr.lit').length;
}
const headings = all('table.sort thead th');
const median = headings.findIndex((heading) => heading.textContent === 'p50 ms');
const column = () => all('#rows tbody tr').map((row) => row.cells[median].textContent).filter((text) => text);
if (median >= 0) {
  headings[median].click();
  seen.ascending = column();
  headings[median].click();
  seen.descending = column();
  const filter = document.querySelector('.tools input');
  filter.value = 'OPENVINO ok';
  filter.dispatchEvent(new Event('input'));
  seen.filtered = all('#rows tbody tr').filter((row) => !row.classList.contains('hidden')).length;
}
seen.copy_buttons = all('button.copy').length;
const before = getComputedStyle(document.body).backgroundColor;
document.querySelector('button.theme').click();
seen.theme_changes = getComputedStyle(document.body).backgroundColor !== before;
seen.foreign = all('img, iframe, object, embed, link, b.injected').length;
seen.resources = performance.getEntriesByType('resource').length;
seen.data_rows = JSON.parse(document.getElementById('results').textContent).rows.length;
const sampled = all('#samples details');
sampled.forEach((part) => { part.open = true; });
const stacked = document.querySelector('#rows tbody tr');
if (stacked) {
  const shown = () => [...stacked.cells].filter((cell) => cell.getClientRects().length).length;
  stacked.classList.remove('hidden');
  seen.rows_overflow = document.querySelector('#rows .scroll').scrollWidth - document.querySelector('#rows .scroll').clientWidth;
  seen.cells_before = shown();
  stacked.click();
  seen.cells_after = shown();
  seen.cells = [...stacked.cells].filter((cell) => cell.textContent).length;
  seen.label = getComputedStyle(stacked.cells[median], '::before').content;
}
document.documentElement.dataset.probe = JSON.stringify(seen);
// What a part draws as it opens comes after this.
setTimeout(() => {
  seen.traces = all('#samples path').map((path) => path.getAttribute('d'));
  seen.told = all('#samples svg.box').map((svg) => svg.textContent);
  parent.postMessage(seen, '*');
}, 300);
