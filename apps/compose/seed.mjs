// Adds a few restaurants and items over HTTP, so that the data has passed the services' validation. Idempotent: what
// already exists (409) is left alone.
const { RESTAURANTS_URL, ITEMS_URL } = process.env;

const RESTAURANTS = [
  ['Zum Anker', 'german', 'Hafenstraße 1', 'Hamburg', '20457', 4],
  ['Trattoria Da Ugo', 'italian', 'Via Roma 12', 'Bologna', '40121', 4.5],
  ['Le Petit Quai', 'french', 'Quai de la Fosse 7', 'Nantes', '44000', 3.5],
  ['Sakura', 'japanese', 'Marine Parade 30', 'Brighton', 'BN2 1TB', 5],
  ['La Boquería', 'spanish', 'Carrer Nou 3', 'Barcelona', '08001', 4],
].map(([name, cuisine, street, city, postalCode, rating]) => ({
  name,
  cuisine,
  address: { street, city, postalCode },
  rating,
}));

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
for (const restaurant of RESTAURANTS) added += await add(`${RESTAURANTS_URL}/restaurants`, restaurant);
for (const item of ITEMS) added += await add(`${ITEMS_URL}/item`, item);
console.log(`added ${added} of ${RESTAURANTS.length + ITEMS.length}`);
