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
    }), button('save as JSON', '', () => save('results.json', 'application/json', document.getElementById('results').textContent)));
    rows.querySelector('.scroll').before(tools);
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
