// As on processors without AVX2. The addon looks for this when it is loaded, once for each process, and so for each test file.
process.env['MPICOUNT_TEST_BASIC_VECTORS'] = 'yes';

const { testVectors } = await import('./vectors.ts');
testVectors();
