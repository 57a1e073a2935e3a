// Adds a few items over HTTP, so that the data has passed the service's validation. Idempotent: what already exists (409) is
// left alone.
const { ITEMS_URL } = process.env;

const ITEMS = [
  { name: 'Anchor', description: 'Holds a ship.\nHeavy.' },
  { name: 'Cradle', description: 'Carries a hull on the slipway.' },
  { name: 'Winch' },
];

async function add(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status === 201) return 1;
  if (response.status === 409) return 0;
  throw new Error(`${url} answered ${response.status} to ${JSON.stringify(body)}: ${await response.text()}`);
}

let added = 0;
for (const item of ITEMS) added += await add(`${ITEMS_URL}/item`, item);
console.log(`items: ${added} added; ${ITEMS.length - added} were there`);
