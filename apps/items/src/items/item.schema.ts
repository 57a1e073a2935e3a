import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { Types } from 'mongoose';

/** An item as it is stored. Its collection is made by the migrations. */
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
