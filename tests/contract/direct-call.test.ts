import { contractSuite } from './contract-suite.ts';
import { directCall } from './hosts.ts';

contractSuite('a direct call', directCall);
