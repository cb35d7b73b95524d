// What the query of a user asks, as far as a schema's own SQL may use it: `FILTER_PARAMS`,
// `FILTER_GROUP` and `SQL_UTILS`. None of it has a value while files are compiled.
const listFunctions = new RealWeakSet();
const exampleOfFilter = "${FILTER_PARAMS.Orders.status.filter('status')}";

function badQueryFilter(what) {
  return refusal('schema/bad-filter', what, undefined, exampleOfFilter);
}

/** `path`: no name, a cube, or a cube and its member. */
function makeFilterParams(path) {
  const asText = () => {
    throw badQueryFilter(`${join(['FILTER_PARAMS', ...path], '.')} is no filter yet`);
  };
  const params = new RealProxy(create(null), {
    __proto__: null,
    get(_target, name) {
      if (name === toPrimitive || name === 'toString' || name === 'valueOf') return asText;
      if (typeof name === 'symbol') return undefined;
      if (path.length < 2) return makeFilterParams(freeze([...path, name]));
      if (name === 'filter') return (...values) => makeMemberFilter(path, values);
      throw badQueryFilter(`${join(['FILTER_PARAMS', ...path], '.')} has a filter(), and nothing else`);
    },
    has: () => false,
    ownKeys: () => [],
    getOwnPropertyDescriptor: () => undefined,
    ...unchangeable,
  });
  weakSet(proxies, params, bare({ kind: 'query', path }));
  return params;
}

function makeMemberFilter(path, values) {
  const [target] = values;
  if (values.length !== 1) throw badQueryFilter('filter is called with one column or function');
  const filter =
    typeof target === 'function' && !isOwnProxy(target)
      ? memberFunction(path, target)
      : bare({ path, parameters: -1, takesList: false, text: asFragment(target) });
  if (filter.text === null || filter.text === '') {
    throw badQueryFilter('filter takes the text of a column, or a function that makes a condition');
  }
  return addNode(bare({ kind: 'query-filter', filters: freeze([filter]) }));
}

/** A function gets a placeholder for each of its parameters, and a list for `...values`. */
function memberFunction(path, target) {
  const takesList = weakSetHas(listFunctions, target);
  const { length } = target;
  if (!(length >= 0 && length <= 100)) throw badQueryFilter('the filter function takes too many values');
  if (!takesList && execute(/^[^)]*\.\.\./, functionText(target)) !== null) {
    throw refusal(
      'schema/filter-function',
      'a function with a rest parameter stands elsewhere than in its filter',
      undefined,
      '${FILTER_PARAMS.Orders.status.filter((...values) => `status IN (${values.join(", ")})`)}',
    );
  }
  const values = [];
  for (let index = 0; index < length; index++) push(values, addNode(bare({ kind: 'argument', index })));
  const item = takesList ? addNode(bare({ kind: 'placeholder' })) : null;
  if (takesList) push(values, placeholderList(item, item));
  const text = asFragment(reflectApply(target, undefined, values));
  return bare({ path, parameters: length, takesList, text });
}

function makeFilterGroup(...values) {
  const filters = [];
  for (let index = 0; index < values.length; index++) {
    const node = typeof values[index] === 'string' ? loneNode(values[index]) : undefined;
    const found = filtersOf(node);
    if (found === null) {
      throw refusal(
        'schema/bad-filter',
        'FILTER_GROUP takes filters of FILTER_PARAMS',
        undefined,
        "${FILTER_GROUP(FILTER_PARAMS.Orders.status.filter('status'), FILTER_PARAMS.Orders.city.filter('city'))}",
      );
    }
    for (let item = 0; item < found.length; item++) push(filters, found[item]);
    if (filters.length > 1000) throw badQueryFilter('FILTER_GROUP takes at most 1,000 filters');
  }
  if (filters.length === 0) throw badQueryFilter('FILTER_GROUP is empty');
  return addNode(bare({ kind: 'query-filter', filters: freeze(filters) }));
}

function filtersOf(node) {
  return node !== undefined && node.kind === 'query-filter' ? node.filters : null;
}

function makeLocalTime(value) {
  const operand = asFragment(value);
  if (operand === null || operand === '') {
    throw refusal('schema/bad-sql', 'SQL_UTILS.convertTz takes the text of a column', undefined, '${SQL_UTILS.convertTz(`${CUBE}.created_at`)}');
  }
  return addNode(bare({ kind: 'local-time', operand }));
}
