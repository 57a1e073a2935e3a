import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { Types } from 'mongoose';

/** The address of a restaurant. */
@Schema({ _id: false })
export class Address {
  @Prop({ type: String, required: true })
  street!: string;

  @Prop({ type: String, required: true })
  city!: string;

  @Prop({ type: String, required: true })
  postalCode!: string;
}

/** Normalized texts for search, sort and comparison: see searchKey. */
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

/** A restaurant as stored. */
@Schema({ collection: 'restaurants', timestamps: true, versionKey: false, strict: 'throw' })
export class Restaurant {
  readonly _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  name!: string;

  /** In lower case. */
  @Prop({ type: String, required: true })
  cuisine!: string;

  @Prop({ type: SchemaFactory.createForClass(Address), required: true })
  address!: Address;

  /** 0 to 5 stars, in steps of 0.5. */
  @Prop({ type: Number, required: true })
  rating!: number;

  @Prop({ type: SchemaFactory.createForClass(RestaurantKeys), required: true })
  keys!: RestaurantKeys;

  readonly createdAt!: Date;
  readonly updatedAt!: Date;
}

export const restaurantSchema = SchemaFactory.createForClass(Restaurant);

// One per sort order; the id makes each a total order, so that pages neither overlap nor leave gaps.
restaurantSchema.index({ 'keys.name': 1, _id: 1 });
restaurantSchema.index({ rating: 1, _id: 1 });
restaurantSchema.index({ createdAt: 1, _id: 1 });
// The most selective filters, in the default sort order.
restaurantSchema.index({ cuisine: 1, 'keys.name': 1, _id: 1 });
restaurantSchema.index({ 'keys.city': 1, 'keys.name': 1, _id: 1 });
// Two restaurants cannot have the same name at the same address.
restaurantSchema.index(
  { 'keys.name': 1, 'keys.postalCode': 1, 'keys.street': 1 },
  { unique: true, name: 'name_place' },
);

/** Normalizes Unicode composition, case and white space. */
export function searchKey(text: string): string {
  return text.normalize('NFC').toLowerCase().trim().replaceAll(/\s+/gu, ' ');
}
