import { NestService, type NestServiceProps } from './nest-service.ts';

/** Greets, and tells callers their address: the smallest service there is. */
export class Whoami extends NestService {
  constructor(props: Omit<NestServiceProps, 'database'>) {
    super('whoami', props);
  }
}
