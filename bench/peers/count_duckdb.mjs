// Counts a word in the field `text` of JSON lines, with the reader of JSON and all threads of DuckDB.
//
// usage: node count_duckdb.mjs FOLDER -e PATTERN FILE
//
// FOLDER is that in which the package @duckdb/node-api is installed.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Its types are not there where the bench is not set up.
/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access */
const { values, positionals } = parseArgs({
  options: { pattern: { type: 'string', short: 'e' } },
  allowPositionals: true,
});
const [folder = '', file = ''] = positionals;
const { DuckDBInstance } = createRequire(join(folder, 'package.json'))('@duckdb/node-api');
const database = await DuckDBInstance.create(':memory:');
const connection = await database.connect();
const counting = `
  SELECT sum((length(text) - length(replace(text, $pattern, ''))) // length($pattern))
  FROM read_json($file, format = 'newline_delimited', columns = {text: 'VARCHAR'})`;
const result = await connection.runAndReadAll(counting, { pattern: values.pattern ?? '', file });
console.log(`${result.getRows()[0][0]}\t${values.pattern}`);
