// Departures in the United States in the first half of 2001, each with the city that it went to.
// An airport's manager sees the departures of that airport and of no other.
cube(`Flights`, {
  sql: `
    SELECT flights.*, airports.city, airports.state
    FROM flights LEFT JOIN airports ON airports.iata = flights.destination
    WHERE ${USER_CONTEXT.airport.filter('flights.origin')}
  `,

  measures: {
    departures: { type: `count` },
    averageDelay: { type: `avg`, sql: `delay` },
    late: { type: `count`, filters: [{ sql: `${CUBE}.delay > 15` }] },
    lateShare: { type: `number`, sql: `100.0 * ${late} / ${departures}` },
  },

  dimensions: {
    origin: { type: `string`, sql: `origin` },
    city: { type: `string`, sql: `city || ', ' || state` },
    departure: { type: `time`, sql: `date` },
  },
});
