// As in a large list, whose patterns are looked up by their grams (native/match/multi_pattern_search.cc). The addon looks for this when
// it compiles the first list, once for each process, and so for each test file.
process.env['MPICOUNT_TEST_BY_GRAMS'] = 'yes';

const { testVectors } = await import('./vectors.ts');
testVectors();
