// Adds some hundred generated restaurants, always the same, to the database of MONGODB_URI. Each has an id of its own: a
// restaurant whose id is there is left alone, whatever it is by now. One that was deleted comes back.
import { mongo } from 'mongoose';

const COUNT = 400;
/** Seconds since 1970 of the first one, and between two of them. */
const FIRST = Date.UTC(2026, 0, 1) / 1000;
const APART = 8 * 60 * 60;
/** The middle of each id, between its time and its number: no server or client would choose it. */
const MIDDLE = '5eed5eed5e';
const DUPLICATE = 11000;

/** City, the digits that its postal codes begin with, and streets. */
const CITIES = [
  ['Amsterdam', '10', ['Prinsengracht', 'Haarlemmerdijk', 'Ceintuurbaan']],
  ['Barcelona', '080', ['Carrer de Blai', 'Carrer del Rec', 'Passeig del Born']],
  ['Bologna', '401', ['Via Saragozza', 'Via del Pratello', 'Via Zamboni']],
  ['Brno', '60', ['Jakubská', 'Veveří', 'Pekařská']],
  ['Göteborg', '41', ['Linnégatan', 'Vasagatan', 'Järntorget']],
  ['Hamburg', '204', ['Hafenstraße', 'Lange Reihe', 'Große Bergstraße']],
  ['Kraków', '31', ['Ulica Józefa', 'Ulica Szewska', 'Ulica Grodzka']],
  ['Lisboa', '110', ['Rua da Bica', 'Rua dos Remédios', 'Rua Augusta']],
  ['Nantes', '440', ['Quai de la Fosse', 'Rue Kervégan', 'Rue Joffre']],
  ['Wien', '10', ['Naschmarkt', 'Neubaugasse', 'Josefstädter Straße']],
];

/** Cuisine, what names begin with, and what they end with. */
const CUISINES = [
  ['french', ['Chez', 'Bistro', 'Brasserie'], ['Amélie', 'du Port', 'Lenoir', 'Saint-Michel']],
  ['german', ['Gasthaus', 'Wirtshaus', 'Alte'], ['Anker', 'Linde', 'Mühle', 'Sonne']],
  ['greek', ['Taverna', 'Ouzeri', 'To'], ['Kyma', 'Meltemi', 'Nisi', 'Steki']],
  ['indian', ['Curry', 'Tandoori', 'Royal'], ['Ganga', 'Jaipur', 'Masala', 'Mahal']],
  ['italian', ['Trattoria', 'Osteria', 'Pizzeria'], ['Da Ugo', 'Bella Vista', 'Il Molo', 'Perché No']],
  ['japanese', ['Sushi', 'Ramen', 'Izakaya'], ['Hana', 'Kōyō', 'Sakura', 'Umi']],
  ['lebanese', ['Mezze', 'Beit', 'Café'], ['Arz', 'Beirut', 'Byblos', 'Zeitoun']],
  ['spanish', ['Bodega', 'Casa', 'Bar'], ['Boquería', 'del Mar', 'Lola', 'Peñón']],
  ['vegan', ['Green', 'Slow', 'The Little'], ['Kitchen', 'Leaf', 'Radish', 'Table']],
  ['vietnamese', ['Pho', 'Bếp', 'Quán'], ['Hà Nội', 'Lan', 'Sài Gòn', 'Sen']],
];

/** Numbers from 0 to 1 that follow from a seed: the generator mulberry32. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomFrom(1);
const below = (bound) => Math.floor(random() * bound);
const oneOf = (list) => list[below(list.length)];

/** As the service compares and sorts texts. */
const key = (text) => text.normalize('NFC').toLowerCase();

/** A restaurant as the service stores it. Its number in the street is its own, and so it has no double. */
function restaurant(_, number) {
  const [cuisine, beginnings, endings] = oneOf(CUISINES);
  const [city, digits, streets] = oneOf(CITIES);
  const name = `${oneOf(beginnings)} ${oneOf(endings)}`;
  const address = {
    street: `${oneOf(streets)} ${number + 1}`,
    city,
    postalCode: digits + String(below(10 ** (5 - digits.length))).padStart(5 - digits.length, '0'),
  };
  const seconds = FIRST + number * APART;
  const time = new Date(seconds * 1000);
  return {
    _id: new mongo.ObjectId(seconds.toString(16) + MIDDLE + number.toString(16).padStart(6, '0')),
    name,
    cuisine,
    address,
    // Most are between 3 and 5, as people rate.
    rating: Math.max(below(11), below(11), below(11)) / 2,
    keys: { name: key(name), city: key(city), street: key(address.street), postalCode: address.postalCode },
    createdAt: time,
    updatedAt: time,
  };
}

/** Inserts those whose ids are not there. @returns the number of those that it inserted */
async function insertMissing(collection, restaurants) {
  try {
    return (await collection.insertMany(restaurants, { ordered: false })).insertedCount;
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
    const other = [error.writeErrors].flat().find(({ code }) => code !== DUPLICATE);
    if (other) throw error;
    return error.insertedCount;
  }
}

/** What is stored under their ids by now, in bytes by id. */
async function storedOf(collection, restaurants) {
  const stored = await collection.find({ _id: { $in: restaurants.map(({ _id }) => _id) } }).toArray();
  return new Map(stored.map((one) => [idOf(one), bytes(one)]));
}

const idOf = ({ _id }) => _id.toHexString();
const bytes = (document) => Buffer.from(mongo.BSON.serialize(document)).toString('base64');

const { MONGODB_URI = '' } = process.env;
if (!/^mongodb(\+srv)?:\/\/[^/]+\/[^?]/.test(MONGODB_URI)) {
  console.error(
    'MONGODB_URI must be a connection string with the name of the database, such as mongodb://127.0.0.1/restaurants',
  );
  process.exit(2);
}
const client = new mongo.MongoClient(MONGODB_URI);
try {
  const restaurants = Array.from({ length: COUNT }, restaurant);
  const collection = client.db().collection('restaurants');
  const added = await insertMissing(collection, restaurants);
  const stored = await storedOf(collection, restaurants);
  const edited = restaurants.filter((one) => (stored.get(idOf(one)) ?? bytes(one)) !== bytes(one)).length;
  console.log(
    `restaurants: ${added} added; ${stored.size - added} were there, of them ${edited} changed since; ` +
      `${COUNT - stored.size} not added, since another one has their name and address`,
  );
} catch (error) {
  console.error(`restaurants were not seeded: ${error.message}`);
  process.exitCode = 1;
} finally {
  await client.close();
}
