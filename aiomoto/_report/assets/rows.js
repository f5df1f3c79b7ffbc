// The calls as rows: the attempts of one call together, and calls below those that they were made inside of.
function buildRows(calls) {
  const rows = new Map();
  calls.forEach((call, number) => {
    call.number = number;
    const row = rows.get(call.first) || { number: call.first, attempts: [], children: [] };
    row.attempts.push(call);
    rows.set(call.first, row);
    call.row = row;
  });
  const tops = [];
  for (const row of rows.values()) {
    const parent = row.attempts[0].parent;
    (parent == null ? tops : calls[parent].row.children).push(row);
  }
  const ordered = [];
  tops.forEach((row) => addWithChildren(row, 0, ordered));
  return ordered.map(completed);
}

function addWithChildren(row, depth, ordered) {
  row.depth = depth;
  ordered.push(row);
  row.children.forEach((child) => addWithChildren(child, depth + 1, ordered));
}

function completed(row) {
  const first = row.attempts[0];
  const last = row.attempts[row.attempts.length - 1];
  return Object.assign(row, {
    first,
    last,
    start: first.at,
    end: last.at + (last.ms || 0),
    hasFailed: row.attempts.some((attempt) => attempt.failed),
    rule: row.attempts.map((attempt) => attempt.rule).find(Boolean),
  });
}

// Computed for the first search only.
function searchText(row) {
  row.text ||= row.attempts.map((call) => {
    const places = (call.places || []).map((place) => `${data.places[place].file}:${data.places[place].line}`);
    const rule = call.rule ? `${call.rule.kind} ${call.rule.text}` : "";
    const parts = [call.service, call.operation, JSON.stringify(call.params), call.outcome, call.url, rule];
    return [...parts, call.region, call.task, call.thread, ...places].join("\n");
  }).join("\n").toLowerCase();
  return row.text;
}

function matches(row, filter) {
  if (filter.service && row.first.service !== filter.service) return false;
  if (filter.operation && row.first.operation !== filter.operation) return false;
  if (filter.errorsOnly && !row.hasFailed) return false;
  if (filter.range && (row.end < filter.range[0] || row.start > filter.range[1])) return false;
  return filter.words.every((word) => searchText(row).includes(word));
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
}
