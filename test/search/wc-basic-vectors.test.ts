// As on processors without AVX2: see basic-vectors.test.ts.
process.env['MPICOUNT_TEST_BASIC_VECTORS'] = 'yes';

const { testWc } = await import('./wc.ts');
testWc();
