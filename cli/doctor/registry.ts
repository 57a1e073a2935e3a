import { Sources } from '../fork/sources.ts';
import { servicesIn } from '../fork/services.ts';

/** How the workflow `release` logs in to a registry, and the variables of the repository that it needs for that. */
export interface Login {
  readonly kind: 'github' | 'azure' | 'aws' | 'password';
  readonly variables: readonly string[];
}

const GITHUB: Login = { kind: 'github', variables: [] };
const PASSWORD: Login = { kind: 'password', variables: ['REGISTRY_USERNAME'] };

/** Those whose host says more than that it is some registry; `registry-login.sh` decides by the same. */
const BY_HOST: readonly (readonly [RegExp, Login])[] = [
  [/^ghcr\.io$/, GITHUB],
  [/\.azurecr\.io$/, { kind: 'azure', variables: ['AZURE_PUBLISH_CLIENT_ID', 'AZURE_TENANT_ID'] }],
  [/\.amazonaws\.com(\.cn)?$/, { kind: 'aws', variables: ['AWS_PUBLISH_ROLE'] }],
];

/** Variables that are for the login to one kind of registry alone. */
export const PUBLISHING: ReadonlySet<string> = new Set(
  [PASSWORD, ...BY_HOST.map(([, login]) => login)].flatMap(({ variables }) => variables),
);

/** How to log in to the registry of an image, whose name begins with its host. */
export function loginOf(image: string): Login {
  const [host = ''] = image.split('/');
  return BY_HOST.find(([pattern]) => pattern.test(host))?.[1] ?? PASSWORD;
}

/** The variables that publishing needs, by where the pins say that the repository's own images are; none without services. */
export function publishingVariables(root: string): Set<string> {
  const sources = new Sources(root);
  const images = servicesIn(sources).flatMap((service) =>
    sources.list('clusters/pins').flatMap((ring) => {
      const file = `clusters/pins/${ring}/${service}.json`;
      return sources.has(file) ? imageIn(sources.read(file), service) : [];
    }),
  );
  return new Set(images.flatMap((image) => loginOf(image).variables));
}

function imageIn(text: string, service: string): string[] {
  const pins = JSON.parse(text) as Readonly<Record<string, { readonly packageName?: string }>>;
  const image = pins[service]?.packageName;
  return image === undefined ? [] : [image];
}
