import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { Types } from 'mongoose';

/** Where a restaurant is. */
@Schema({ _id: false })
export class Address {
  @Prop({ type: String, required: true })
  street!: string;

  @Prop({ type: String, required: true })
  city!: string;

  @Prop({ type: String, required: true })
  postalCode!: string;
}

/** Texts as they are searched, sorted and compared: see searchKey. */
@Schema({ _id: false })
export class RestaurantKeys {
  @Prop({ type: String, required: true })
  name!: string;

  @Prop({ type: String, required: true })
  city!: string;

  @Prop({ type: String, required: true })
  street!: string;

  @Prop({ type: String, required: true })
  postalCode!: string;
}

/** A restaurant as it is stored. */
@Schema({ collection: 'restaurants', timestamps: true, versionKey: false, strict: 'throw' })
export class Restaurant {
  readonly _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  name!: string;

  /** In small letters. */
  @Prop({ type: String, required: true })
  cuisine!: string;

  @Prop({ type: SchemaFactory.createForClass(Address), required: true })
  address!: Address;

  /** 0 to 5 stars, by halves. */
  @Prop({ type: Number, required: true })
  rating!: number;

  @Prop({ type: SchemaFactory.createForClass(RestaurantKeys), required: true })
  keys!: RestaurantKeys;

  readonly createdAt!: Date;
  readonly updatedAt!: Date;
}

export const restaurantSchema = SchemaFactory.createForClass(Restaurant);

// One for each order of the list; the id makes every order total, so that pages neither overlap nor leave gaps.
restaurantSchema.index({ 'keys.name': 1, _id: 1 });
restaurantSchema.index({ rating: 1, _id: 1 });
restaurantSchema.index({ createdAt: 1, _id: 1 });
// The filters that narrow the list most, in its usual order.
restaurantSchema.index({ cuisine: 1, 'keys.name': 1, _id: 1 });
restaurantSchema.index({ 'keys.city': 1, 'keys.name': 1, _id: 1 });
// The same name at the same place is the same restaurant.
restaurantSchema.index(
  { 'keys.name': 1, 'keys.postalCode': 1, 'keys.street': 1 },
  { unique: true, name: 'name_place' },
);

/** A text without what readers do not see as a difference: case, kinds of white space, ways to write one character. */
export function searchKey(text: string): string {
  return text.normalize('NFC').toLowerCase().trim().replaceAll(/\s+/gu, ' ');
}
