import { contractSuite } from './contract-suite.ts';
import { messagePort } from './hosts.ts';

contractSuite('a message port', messagePort);
