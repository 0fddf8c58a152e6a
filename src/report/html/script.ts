/**
 * The script of the page. Without it, all is there already; it makes tables sortable, and tells of what the pointer or the keyboard is at.
 * It reads the page and writes text only.
 */
export const script = `
'use strict';
for (const table of document.querySelectorAll('table')) {
  const body = table.querySelector('tbody');
  table.querySelectorAll('thead th').forEach((head, column) => {
    if (head.hasAttribute('data-unsorted')) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const keyOf = (row) => {
        const cell = row.children[column];
        const key = cell.getAttribute('data-key');
        return key === null ? cell.textContent : Number(key);
      };
      const rows = Array.from(body.children, (row) => ({ row, key: keyOf(row) }));
      const isLess = (one, other) => (typeof one === 'number' ? one - other : one < other ? -1 : Number(one > other));
      rows.sort((one, other) => (down ? -1 : 1) * isLess(one.key, other.key));
      body.append(...rows.map(({ row }) => row));
    });
  });
}
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const bytes = (number) => {
  let unit = 0;
  for (; number >= 1023.5 && unit < 5; unit += 1) number /= 1024;
  return number.toFixed(unit > 0 && number < 99.95 ? 1 : 0) + ' ' + units[unit];
};
const clamp = (number, most) => Math.max(0, Math.min(most, number));
/** Makes a picture tell of a place in it: by the pointer, and by the arrow keys when it has the focus. */
const explore = (svg, output, columns, rows, placeOf, tell) => {
  let [column, row] = [0, 0];
  const show = () => { output.textContent = tell(column, row); };
  svg.setAttribute('tabindex', '0');
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const [x, y] = placeOf((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    [column, row] = [clamp(Math.floor(x * columns), columns - 1), clamp(Math.floor(y * rows), rows - 1)];
    show();
  });
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || (rows === 1 && step[0] === 0)) return;
    event.preventDefault();
    [column, row] = [clamp(column + step[0], columns - 1), clamp(row + step[1], rows - 1)];
    show();
  });
  svg.addEventListener('focus', show);
};
const along = document.querySelector('[data-ends]');
if (along) {
  const ends = along.getAttribute('data-ends').split(' ').map(Number);
  const output = along.querySelector('output');
  for (const svg of along.querySelectorAll('svg[data-counts]')) {
    const counts = svg.getAttribute('data-counts').split(' ');
    const name = svg.closest('tr').querySelector('th').textContent;
    explore(svg, output, counts.length, 1, (x, y) => [x, y], (part) =>
      'from ' + bytes(ends[part - 1] || 0) + ' to ' + bytes(ends[part]) + ': ' + counts[part] + ' of ' + name);
  }
}
for (const svg of document.querySelectorAll('svg[data-rows]')) {
  const rows = JSON.parse(svg.getAttribute('data-rows'));
  const [left, top, width, height] = svg.getAttribute('data-frame').split(' ').map(Number);
  const [, , allWidth, allHeight] = svg.getAttribute('viewBox').split(' ').map(Number);
  const seconds = Number(svg.getAttribute('data-seconds'));
  const most = Number(svg.getAttribute('data-most'));
  const shades = svg.hasAttribute('data-shades') ? atob(svg.getAttribute('data-shades')) : undefined;
  const columns = 400;
  explore(svg, svg.closest('figure').querySelector('output'), columns, rows.length,
    (x, y) => [(x * allWidth - left) / width, (y * allHeight - top) / height],
    (column, row) => {
      const shade = shades === undefined ? undefined : shades.charCodeAt(row * columns + column);
      const rate = shade === undefined ? '' : shade === 0 ? ', not counting' : ', about ' + bytes(((shade - 1) / 254) * most) + '/s';
      return rows[row] + ', after ' + ((seconds * (column + 0.5)) / columns).toFixed(1) + ' s' + rate;
    });
}
`;
