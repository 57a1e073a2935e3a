import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { z } from 'zod';
import { PROBLEM_JSON, problemSchema } from './problem.ts';

/** OpenAPI metadata of a handler; its path and parameter schemas are read from the code. */
export interface Description {
  /** One line. */
  readonly summary: string;
  /** Schema of the response body. @default no body */
  readonly returns?: z.ZodType;
  /** Success status. @default 200 */
  readonly status?: number;
  /** Error statuses besides COMMON_ERRORS. */
  readonly errors?: readonly number[];
  /** Error status whose body is `returns`, unless the request is refused before the handler. @default none */
  readonly alsoReturnedWith?: number;
}

interface Described {
  readonly prototype: object;
  readonly name: string | symbol;
  readonly descriptor: TypedPropertyDescriptor<unknown>;
  readonly description: Description;
}

/** Descriptions not yet passed to the library. */
const described: Described[] = [];

/** Describes a handler in `/openapi.json`. */
export function Describe(description: Description): MethodDecorator {
  return (prototype, name, descriptor) => {
    described.push({ prototype, name, descriptor: descriptor as TypedPropertyDescriptor<unknown>, description });
  };
}

/** Error statuses of every route. */
const COMMON_ERRORS = [429, 500, 503];

/**
 * Builds the OpenAPI document of an application. The library is loaded on first use: it would take a third of the
 * startup time, and most pods never serve the document.
 */
export async function openApi(
  app: INestApplication,
  { title, version }: { readonly title: string; readonly version: string },
): Promise<OpenAPIObject> {
  const { ApiOperation, ApiResponse, DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  // The library's decorators modify the handlers, so each is applied once, even if several applications share a
  // handler.
  for (const { prototype, name, descriptor, description } of described.splice(0)) {
    const { summary, returns, status = 200, errors = [], alsoReturnedWith } = description;
    const decorators = [
      ApiOperation({ summary }),
      ApiResponse({ status, description: 'Success', ...(returns && { standardSchema: returns }) }),
      ...[...new Set([...errors, ...(alsoReturnedWith === undefined ? [] : [alsoReturnedWith]), ...COMMON_ERRORS])]
        .filter((error) => error !== status)
        .map((error) =>
          ApiResponse({
            status: error,
            description: 'Problem details (RFC 9457)',
            content: {
              ...(error === alsoReturnedWith && returns && { 'application/json': { schema: toJsonSchema(returns) } }),
              [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } },
            },
          }),
        ),
    ];
    for (const decorate of decorators) decorate(prototype, name, descriptor);
  }
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle(title).setVersion(version).build());
  const schemas = { ...document.components?.schemas, Problem: toJsonSchema(problemSchema) };
  document.components = { ...document.components, schemas };
  return document;
}

function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = schema['~standard'].jsonSchema.output({ target: 'openapi-3.0' });
  return rest;
}
