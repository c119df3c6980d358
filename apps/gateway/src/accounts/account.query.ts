import { PageQuery } from '../http/page.js';
import { AccountId, Fits } from '../http/parameter.pipe.js';
import { usernameFault } from './account.request.js';

export class AccountPath {
  @AccountId()
  id!: string;
}

export class FindAccountsQuery extends PageQuery {
  @Fits(usernameFault)
  username!: string;
}
