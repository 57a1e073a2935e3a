import { NestService, type NestServiceProps } from './nest-service.ts';

/** Lists and adds items in MongoDB, whose shape it migrates itself. */
export class Items extends NestService {
  constructor(props: NestServiceProps & Required<Pick<NestServiceProps, 'database'>>) {
    super('items', props);
  }
}
