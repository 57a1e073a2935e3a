import { NestService, type NestServiceProps } from './nest-service.ts';

/** Lists and keeps restaurants in MongoDB. */
export class Restaurants extends NestService {
  constructor(props: NestServiceProps & Required<Pick<NestServiceProps, 'database'>>) {
    super('restaurants', props);
  }
}
