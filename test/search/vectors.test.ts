import { testVectors } from './vectors.ts';

// With what this processor has.
testVectors();
