// The page of one test.
data.calls = data.calls.map((call) => ({ ...data.kinds[call.kind], ...call }));
data.services = counted(data.calls.map((call) => call.service)).map(([name]) => name);
const rows = buildRows(data.calls);
const filter = { words: [], service: "", operation: "", errorsOnly: false, range: null };
const details = new Details();
const list = new List(rows, { onselect: (row) => select(row), onopen: () => openDetails() });
const timeline = new Timeline(data.calls, { onselect: (row) => select(row), onrange: (range) => setFilter({ range }) });
const count = make("span", { class: "count quiet", role: "status" });
const reset = make("button", { type: "button", hidden: true, onclick: () => timeline.zoom(null) }, "Whole time");
const search = make("input", {
  type: "search", placeholder: "Search  ( / )", "aria-label": "Search the calls",
  oninput: () => setFilter({ words: search.value.toLowerCase().split(/\s+/).filter(Boolean) }),
});
const errorsOnly = make("input", { type: "checkbox", onchange: () => setFilter({ errorsOnly: errorsOnly.checked }) });
const services = make("select", { "aria-label": "Service", onchange: () => { fillOperations(); setFilter({ service: services.value, operation: "" }); } });
const operations = make("select", { "aria-label": "Operation", onchange: () => setFilter({ operation: operations.value }) });

function setFilter(change) {
  Object.assign(filter, change);
  const shown = rows.filter((row) => matches(row, filter));
  list.show(shown);
  timeline.shown = shown.length < rows.length ? new Set(shown) : null;
  timeline.draw();
  reset.hidden = !filter.range;
  count.textContent = shown.length < rows.length ? `${shown.length.toLocaleString("en")} of ${plural(rows.length, "call")}` : plural(rows.length, "call");
}

function select(row) {
  list.select(row);
  details.show(row);
  timeline.selected = row;
  timeline.draw();
}

function openDetails() {
  details.element.focus();
  details.element.scrollIntoView({ block: "nearest" });
}

function fill(element, all, names) {
  const options = counted(names).map(([name, times]) => make("option", { value: name }, `${name} (${times.toLocaleString("en")})`));
  element.replaceChildren(make("option", { value: "" }, all), ...options);
}

function fillOperations() {
  const chosen = rows.filter((row) => !services.value || row.first.service === services.value);
  fill(operations, "All operations", chosen.map((row) => row.first.operation));
}

function lanesChoice() {
  const names = Object.keys(LANES);
  const buttons = names.map((name) => make("button", { type: "button", "aria-pressed": String(name === timeline.lanesBy), onclick: () => {
    timeline.lanesBy = name;
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(names[index] === name)));
    timeline.draw();
  } }, name));
  return make("span", { class: "choice", role: "group", "aria-label": "Lanes" }, ...buttons);
}

function pressed(event) {
  const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (event.key === "Escape" && event.target === search) {
    search.value = "";
    setFilter({ words: [] });
    list.element.focus();
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); search.focus(); }
  if (event.key === "e") { errorsOnly.checked = !errorsOnly.checked; setFilter({ errorsOnly: errorsOnly.checked }); }
  if (event.key === "+" || event.key === "-") timeline.scale(event.key === "+" ? 0.5 : 2);
  if (event.key === "0") timeline.zoom(null);
  if (event.key === "Escape" && details.element.contains(event.target)) list.element.focus();
}

function start() {
  fill(services, "All services", rows.map((row) => row.first.service));
  fillOperations();
  const bar = make("div", { class: "toolbar" }, search, services, operations, make("label", {}, errorsOnly, "Errors only"), count);
  const head = make("div", { class: "toolbar" }, make("h2", {}, "Timeline"), lanesChoice(), reset,
    make("span", { class: "quiet hint" }, "drag to zoom, keys + − 0"));
  document.getElementById("calls").append(make("section", {}, head, timeline.element),
    make("section", {}, make("div", { class: "toolbar" }, make("h2", {}, "Calls")), bar,
      make("div", { class: "split" }, make("div", {}, list.element, list.empty), details.element)));
  document.addEventListener("keydown", pressed);
  setFilter({});
  select(rows.find((row) => row.last.failed) || rows[0] || null);
}

// The error is at the end of a traceback.
for (const failure of document.querySelectorAll(".failure pre")) failure.scrollTop = failure.scrollHeight;

if (rows.length) start();
else document.getElementById("calls").append(make("section", {}, make("h2", {}, "Calls"), make("p", { class: "quiet" }, "No calls were made.")));
