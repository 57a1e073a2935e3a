import { Component } from '../../charts/component.ts';
import { pullSecret, type SecretStore, syncSecret } from '../../charts/lib/secrets.ts';

/** A component that reads what people keep in the store: the account of a mail server, and a registry's credentials. */
export class Mailer extends Component {
  /** Names of the Secrets that it makes. */
  readonly secrets: readonly string[];

  constructor(store: SecretStore, name = 'mailer') {
    super(name, { tier: 'apps' });
    const account = store.given('smtp', `component ${name}`);
    const values = {
      password: { secret: account, key: 'password' },
      username: { secret: account, key: 'username' },
    };
    this.secrets = [syncSecret(this, store, 'account', { values }), pullSecret(this, store, 'registry')];
  }
}
