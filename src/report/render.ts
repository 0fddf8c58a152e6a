// What is bundled apart as dist/report.cjs, with its libraries: only the command `report` loads it. It knows nothing but the data of a report.
export { reportCsv, reportJson } from './data.ts';
export { textReport } from './text/text-report.ts';
export { htmlReport, pageMark } from './html/page.ts';
