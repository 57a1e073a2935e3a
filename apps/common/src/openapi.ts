import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { z } from 'zod';
import { PROBLEM_JSON, problemSchema } from './problem.ts';

/** What OpenAPI says of a handler beyond its path and the schemas of its parameters, which are read from the code. */
export interface Description {
  /** One line. */
  readonly summary: string;
  /** Schema of the answer's body. @default no body */
  readonly returns?: z.ZodType;
  /** Status of success. @default 200 */
  readonly status?: number;
  /** Statuses of the problems that it may answer, beyond those that every route may. */
  readonly errors?: readonly number[];
}

interface Described {
  readonly prototype: object;
  readonly name: string | symbol;
  readonly descriptor: TypedPropertyDescriptor<unknown>;
  readonly description: Description;
}

/** Those that the library has not been told of yet. */
const described: Described[] = [];

/** Describes a handler in `/openapi.json`. */
export function Describe(description: Description): MethodDecorator {
  return (prototype, name, descriptor) => {
    described.push({ prototype, name, descriptor: descriptor as TypedPropertyDescriptor<unknown>, description });
  };
}

/** Problems that every route may answer. */
const COMMON_ERRORS = [429, 500, 503];

/**
 * Builds the OpenAPI document of an application. The library is loaded on first use: it would cost a third of the time
 * that a service takes to start, and most pods are never asked.
 */
export async function openApi(
  app: INestApplication,
  { title, version }: { readonly title: string; readonly version: string },
): Promise<OpenAPIObject> {
  const { ApiOperation, ApiResponse, DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  // The library's decorators write onto the handlers, so each is described once, however many applications have it.
  for (const { prototype, name, descriptor, description } of described.splice(0)) {
    const { summary, returns, status = 200, errors = [] } = description;
    const decorators = [
      ApiOperation({ summary }),
      ApiResponse(returns ? { status, description: 'Done', standardSchema: returns } : { status, description: 'Done' }),
      ...[...new Set([...errors, ...COMMON_ERRORS])]
        .filter((error) => error !== status)
        .map((error) =>
          ApiResponse({
            status: error,
            description: 'A problem',
            content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } },
          }),
        ),
    ];
    for (const decorate of decorators) decorate(prototype, name, descriptor);
  }
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle(title).setVersion(version).build());
  const { $schema: _, ...problem } = toJsonSchema(problemSchema);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: problem } };
  return document;
}

function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  return schema['~standard'].jsonSchema.output({ target: 'openapi-3.0' });
}
