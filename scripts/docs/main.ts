// `npm run docs`: writes the page in docs/ that is made of the tables in src/cli/options/.
import { writeFileSync } from 'node:fs';

import { commandLinePage } from './command-line.ts';

writeFileSync('docs/command-line.md', commandLinePage());
