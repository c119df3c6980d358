export { eventually } from './eventually.js';
export { Ledger } from './ledger.js';
