import { testWc } from './wc.ts';

testWc();
