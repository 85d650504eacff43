import { contractSuite } from './contract-suite.ts';
import { http } from './hosts.ts';

contractSuite('HTTP', http);
