// The reference's extension `Funnels`: how many users took each step of a series of events.

/**
 * `{ userId: { sql }, time: { sql }, steps: [{ name, eventsTable | eventsView | eventsCube, timeToConvert,
 * userId, time, nextStepUserId }] }` as a base to extend.
 */
function eventFunnel({ userId, time, steps } = {}) {
  if (!userId?.sql) throw new Error('eventFunnel: userId.sql is missing');
  if (!time?.sql) throw new Error('eventFunnel: time.sql is missing');
  if (!Array.isArray(steps) || steps.length === 0)
    throw new Error('eventFunnel: steps are missing');
  for (const step of steps) {
    if (typeof step?.name !== 'string') throw new Error('eventFunnel: a step has no name');
    if (!(step.eventsTable || step.eventsView || step.eventsCube)) {
      throw new Error(
        `eventFunnel: the step ${step.name} has no eventsTable, eventsView or eventsCube`,
      );
    }
  }
  return {
    sql: funnelSql(userId, time, steps),
    measures: {
      conversions: { sql: 'user_id', type: 'count' },
      firstStepConversions: { sql: 'first_step_user_id', type: 'countDistinct', shown: false },
      conversionsPercent: {
        sql: (conversions, firstStepConversions) =>
          `CASE WHEN ${firstStepConversions} > 0 THEN 1.0 * ${conversions} / ${firstStepConversions} END`,
        type: 'number',
        format: 'percent',
      },
    },
    dimensions: {
      id: {
        sql: (firstStepUserId, time, step) =>
          `CONCAT(${firstStepUserId}, ' ', ${time}, ' ', ${step})`,
        type: 'string',
        primaryKey: true,
      },
      userId: { sql: 'user_id', type: 'string', shown: false },
      firstStepUserId: { sql: 'first_step_user_id', type: 'string', shown: false },
      time: { sql: 't', type: 'time' },
      step: { sql: 'step', type: 'string' },
    },
  };
}

function funnelSql(userId, time, steps) {
  const columns = steps.map((step) => `${eventsOf(step)}.user_id ${columnOf(step)}`);
  const joins = steps.map((step, index) => eventsJoin(userId, time, step, steps[index - 1]));
  const [first] = steps;
  const selects = steps.map(
    (step) =>
      `SELECT ${columnOf(step)} user_id, ${columnOf(first)} first_step_user_id, t, '${titleOf(step)}' step FROM joined_events`,
  );
  return `WITH joined_events AS (
  SELECT ${columns.join(', ')}, ${eventsOf(first)}.t
  FROM ${joins.join('\n  LEFT JOIN ')}
)
SELECT user_id, first_step_user_id, step, max(t) t FROM (
  ${selects.join('\n  UNION ALL\n  ')}
) AS event_steps
GROUP BY 1, 2, 3`;
}

function eventsJoin(userId, time, step, previous) {
  const next = step.nextStepUserId ? `, ${step.nextStepUserId.sql} next_join_user_id` : '';
  const events = `(SELECT ${(step.userId ?? userId).sql} user_id${next}, ${(step.time ?? time).sql} t FROM ${sourceOf(step)}) ${eventsOf(step)}`;
  if (previous === undefined) return events;
  const key = previous.nextStepUserId ? 'next_join_user_id' : 'user_id';
  const conditions = [
    `${eventsOf(previous)}.${key} = ${eventsOf(step)}.user_id`,
    `${eventsOf(step)}.t >= ${eventsOf(previous)}.t`,
  ];
  if (step.timeToConvert !== undefined) {
    const [, count, unit] =
      /^(\d{1,6}) (second|minute|hour|day|week|month|year)s?$/.exec(step.timeToConvert) ?? [];
    if (unit === undefined)
      throw new Error(
        `eventFunnel: timeToConvert '${step.timeToConvert}' is no interval such as '1 day'`,
      );
    conditions.push(
      `${eventsOf(step)}.t <= ${eventsOf(previous)}.t + INTERVAL '${count}' ${unit.toUpperCase()}`,
    );
  }
  return `${events} ON ${conditions.join(' AND ')}`;
}

function sourceOf({ eventsTable, eventsView, eventsCube }) {
  if (eventsTable) return eventsTable.sql;
  if (eventsView) return `(${eventsView.sql}) e`;
  return `${typeof eventsCube.sql === 'function' ? eventsCube.sql() : eventsCube.sql} e`;
}

function wordsOf(step) {
  return step.name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

function eventsOf(step) {
  return `${wordsOf(step).join('_')}_events`;
}

function columnOf(step) {
  return `${wordsOf(step).join('_')}_user_id`;
}

function titleOf(step) {
  return wordsOf(step)
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join(' ');
}

export { eventFunnel };
export default { eventFunnel };
