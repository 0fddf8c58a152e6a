import { expect, test } from 'vitest';

import { pageOf } from '../support/page.ts';
import { largeStory } from '../support/report-stories.ts';

test('10,000 ranks and 100,000 blocks fit into 2 MB', { timeout: 120_000 }, () => {
  const { text, document, all } = pageOf(largeStory());
  expect(Buffer.byteLength(text)).toBeLessThan(2_000_000);
  expect(document.querySelector('ul')?.textContent).toMatch(/^rank 6300 on node157 counted for 60 s/);
  expect(all('[aria-label=hosts] tbody tr')).toHaveLength(250);
  expect(all('svg text').map(({ textContent }) => textContent)).toContain('◂ 6300: scanning');
});
