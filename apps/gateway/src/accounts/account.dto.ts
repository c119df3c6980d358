import { PageQuery } from '../http/page.js';
import { AccountId, Check } from '../http/validation.js';
import { usernameFault } from './account.request.js';

export class AccountPath {
  @AccountId()
  id!: string;
}

export class FindAccountsQuery extends PageQuery {
  @Check(usernameFault)
  username!: string;
}
