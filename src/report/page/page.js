'use strict';
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, attributes, text) => {
    const element = Object.assign(document.createElement(name), attributes);
    if (text) element.textContent = text;
    return element;
  };
  const button = (text, name, act) => {
    const element = make('button', {type: 'button', className: name}, text);
    element.addEventListener('click', () => act(element));
    return element;
  };

  // What a pointer or a finger is on says its title at once, in place of the browser's slow one.
  const tip = make('div', {id: 'tip', className: 'hidden'});
  tip.setAttribute('role', 'status');
  document.body.append(tip);
  const told = (target) => {
    for (let at = target; at && at !== document.body; at = at.parentElement) {
      const title = at.namespaceURI.endsWith('svg') && [...at.children].find((child) => child.tagName === 'title');
      if (title) {
        at.dataset.told = title.textContent;
        title.remove();
      }
      if (at.dataset && at.dataset.told) return at.dataset.told;
    }
    return '';
  };
  const show = (event) => {
    const text = told(event.target);
    tip.classList.toggle('hidden', !text);
    if (!text) return;
    tip.textContent = text;
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 12, innerWidth - box.width - 6);
    const below = event.clientY + 16;
    tip.style.left = Math.max(left, 4) + 'px';
    tip.style.top = (below + box.height > innerHeight ? event.clientY - box.height - 8 : below) + 'px';
  };
  document.addEventListener('pointermove', show);
  document.addEventListener('pointerdown', show);
  addEventListener('scroll', () => tip.classList.add('hidden'), {passive: true});

  // A row is lit in all tables while a pointer is on it in one.
  let lit = [];
  document.addEventListener('pointerover', (event) => {
    const row = event.target.closest('tr[data-r]');
    const number = row && row.dataset.r;
    if (lit.length && lit[0].dataset.r === number) return;
    for (const other of lit) other.classList.remove('lit');
    lit = row ? all('tr[data-r="' + number + '"]') : [];
    for (const other of lit) other.classList.add('lit');
  });

  // Numbers by value, texts by letters; what is missing comes last.
  const key = (row, column) => row.cells[column].textContent.trim();
  const compare = (a, b) => {
    if (!a || !b || a === '-' || b === '-') return (!a || a === '-') - (!b || b === '-');
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  };
  const sort = (heading) => {
    const table = heading.closest('table');
    const column = heading.cellIndex;
    const down = heading.getAttribute('aria-sort') === 'ascending';
    for (const other of all('th', table.tHead)) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => {
      const order = compare(key(a, column), key(b, column));
      return down && key(a, column) && key(b, column) ? -order : order;
    });
    body.append(...rows);
  };
  for (const heading of all('table.sort thead th')) {
    heading.tabIndex = 0;
    heading.title = 'sort';
    heading.addEventListener('click', () => sort(heading));
    heading.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') sort(heading);
    });
  }

  const save = (name, type, text) => {
    const link = make('a', {download: name, href: URL.createObjectURL(new Blob([text], {type}))});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const quoted = (text) => (/[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
  // Samples are whole units, each less the one before it, in base64 VLQ.
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const unpack = ({per_ms, vlq}) => {
    const samples = [];
    let [units, value, weight] = [0, 0, 1];
    for (const letter of vlq) {
      const digit = digits.indexOf(letter);
      value += (digit & 31) * weight;
      weight *= 32;
      if (digit & 32) continue;
      units += value % 2 ? (1 - value) / 2 : value / 2;
      samples.push(units / per_ms);
      [value, weight] = [0, 1];
    }
    return samples;
  };

  let parsed;
  const results = () => (parsed ||= JSON.parse(document.getElementById('results').textContent));

  // Pages of many rows come without pictures of samples: they are drawn here as they are on other pages.
  const box = (marks, told) => `<svg class=box viewBox="0 0 720 120" preserveAspectRatio=none aria-hidden=true><title>${told}</title>${marks}</svg>`;
  const four = (ms) => ms.toPrecision(4);
  const drawn = (packed, turns) => {
    const samples = unpack(packed);
    const n = samples.length;
    const ascending = [...samples].sort((a, b) => a - b);
    const percentile = (p) => ascending[Math.max(Math.ceil(p * n * (1 - 1e-12)), 1) - 1];
    const [least, middle, most] = [ascending[0], percentile(0.5), ascending[n - 1]];
    let high = Math.min(most, Math.max(middle + 6 * (percentile(0.9) - middle), middle * 1.02));
    if (!(high > least)) high = least * 1.01 + 1e-9;
    const share = (ms) => Math.max((ms - least) / (high - least), 0);
    const counts = Array(36).fill(0);
    for (const ms of samples) ++counts[Math.min(Math.floor(share(ms) * 36), 35)];
    let bars = 'M0 120';
    for (let i = 0; i < 36;) {
      const begin = i;
      while (i < 36 && counts[i] === counts[begin]) ++i;
      bars += `V${120 - Math.round(120 * counts[begin] / Math.max(...counts))}h${(i - begin) * 20}`;
    }
    const beyond = samples.filter((ms) => ms > high).length;
    const y = (ms) => Math.round(120 * (1 - Math.min(share(ms), 1)));
    const x = (pass) => Math.round(720 * pass / n);
    let line = '';
    if (n <= 120) samples.forEach((ms, i) => { line += `${i ? 'L' : 'M'}${x(i + 0.5)} ${y(ms)}`; });
    for (let part = 0; n > 120 && part < 120; ++part) {
      const [begin, end] = [Math.floor(part * n / 120), Math.floor((part + 1) * n / 120)];
      const some = samples.slice(begin, end);
      line += `${part ? 'L' : 'M'}${x(Math.floor((begin + end) / 2) + 0.5)} ${y(Math.min(...some))}V${y(Math.max(...some))}`;
    }
    let [borders, at] = ['', 0];
    for (const count of packed.processes.slice(0, -1)) borders += `<path class=border d="M${x(at += count)} 0V120"/>`;
    const last = beyond ? `; the last bar holds ${beyond} above ${four(high)} ms` : '';
    return '<div class=two>' + box(`<path class="c1" d="${bars}V120Z"/>`, `${n} passes from ${four(least)} to ${four(most)} ms${last}`) +
      box(`${borders}<path class=trace d="${line}"/>`, `${n} passes in order, ${turns} turns of ${packed.processes.length} processes; from ${four(least)} (below) to ${four(high)} ms`) + '</div>';
  };
  const draw = (part) => {
    for (const cell of all('tbody td.pic:empty', part)) {
      const row = cell.parentElement;
      cell.innerHTML = drawn(results().rows[row.dataset.r].at(-1), row.lastElementChild.textContent);
    }
  };
  for (const part of all('#samples details')) {
    if (part.open) draw(part);
    part.addEventListener('toggle', () => draw(part));
  }

  // On a narrow screen a row is a block: its name, its main numbers, and behind a tap the others.
  const narrow = matchMedia('(max-width: 700px)');
  const stack = (table) => {
    if (!narrow.matches) return narrow.addEventListener('change', () => stack(table), {once: true});
    table.classList.add('stack');
    const headings = [...table.tHead.rows[0].cells];
    for (const row of table.tBodies[0].rows) {
      row.tabIndex = 0;
      row.setAttribute('aria-expanded', 'false');
      headings.forEach((heading, i) => {
        row.cells[i].dataset.h = heading.textContent;
        row.cells[i].classList.add(heading.classList[0] === 'n' ? 'more' : heading.classList[0] || 'more');
      });
    }
    const open = (event) => {
      const row = event.target.closest('tbody tr');
      if (row && (event.type === 'click' || event.key === 'Enter'))
        row.setAttribute('aria-expanded', row.classList.toggle('open'));
    };
    table.addEventListener('click', open);
    table.addEventListener('keydown', open);
  };

  const rows = document.getElementById('rows');
  if (rows) {
    const tools = make('div', {className: 'tools'});
    const filter = make('input', {type: 'search', placeholder: 'filter rows: words that all must hold'});
    filter.setAttribute('aria-label', 'filter rows');
    filter.addEventListener('input', () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of all('tbody tr', rows)) {
        const text = row.textContent.toLowerCase();
        row.classList.toggle('hidden', !words.every((word) => text.includes(word)));
      }
    });
    tools.append(filter, button('save as CSV', '', () => {
      const lines = all('tr', rows).filter((row) => !row.classList.contains('hidden'));
      save('results.csv', 'text/csv', lines.map((row) => [...row.cells].map((one) => quoted(one.textContent)).join(',')).join('\r\n') + '\r\n');
    }), button('save as JSON', '', () => {
      const lines = results().rows.map((values) => {
        const {samples, ...row} = Object.fromEntries(results().columns.map((name, i) => [name, values[i]]));
        return JSON.stringify({...row, samples_ms: unpack(samples)});
      });
      save('results.json', 'application/json', '[\n' + lines.join(',\n') + '\n]\n');
    }));
    rows.querySelector('.scroll').before(tools);
    stack(rows.querySelector('table'));
  }

  // Pages from a disk may not be allowed to use the clipboard; then the command is selected.
  const copy = (code, from) => {
    const done = () => {
      from.textContent = 'copied';
      setTimeout(() => { from.textContent = 'copy'; }, 1500);
    };
    const select = () => {
      getSelection().selectAllChildren(code);
      if (document.execCommand('copy')) done();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(done, select);
    else select();
  };
  for (const code of all('code.command')) code.after(button('copy', 'copy', (from) => copy(code, from)));

  const root = document.documentElement;
  document.querySelector('header').append(button('light or dark', 'theme', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  }));

  // All of a page is printed, also what is folded.
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = all('details:not([open])');
    for (const part of folded) part.open = true;
    draw(document.getElementById('samples') || document.body);
  });
  addEventListener('afterprint', () => {
    for (const part of folded) part.open = false;
  });
  // A link opens what it leads into.
  addEventListener('hashchange', () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target) for (const part of all('details', target)) part.open = true;
  });
})();
