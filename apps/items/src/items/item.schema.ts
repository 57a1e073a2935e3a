import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { Types } from 'mongoose';

/** An item as stored. The migrations create its collection. */
@Schema({ collection: 'items', timestamps: { createdAt: true, updatedAt: false }, versionKey: false, strict: 'throw' })
export class Item {
  readonly _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  name!: string;

  @Prop({ type: String })
  description?: string;

  readonly createdAt!: Date;
}

export const itemSchema = SchemaFactory.createForClass(Item);
