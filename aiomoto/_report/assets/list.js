// The list of calls: a listbox that has only the rows in view in the page, since there may be thousands.
const ROW = 36;

class List {
  constructor(rows, { onselect, onopen }) {
    Object.assign(this, { rows, onselect, onopen, selected: null });
    this.longest = rows.reduce((most, row) => Math.max(most, row.end - row.start), 0.001);
    this.sizer = make("div", { class: "sizer", role: "presentation" });
    this.element = make("div", {
      class: "list", role: "listbox", tabindex: "0", "aria-label": "Calls",
      onscroll: () => this.render(), onkeydown: (event) => this.keyDown(event),
    }, this.sizer);
    this.empty = make("p", { class: "empty quiet", hidden: true }, "No call matches.");
    new ResizeObserver(() => this.render()).observe(this.element);
  }

  show(rows) {
    this.rows = rows;
    this.sizer.style.height = `${rows.length * ROW}px`;
    this.element.hidden = !rows.length;
    this.empty.hidden = rows.length > 0;
    this.render();
  }

  render() {
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - 5);
    const last = Math.min(this.rows.length, first + Math.ceil((this.element.clientHeight || 600) / ROW) + 10);
    const parts = [];
    for (let index = first; index < last; index += 1) parts.push(this.option(this.rows[index], index));
    this.sizer.replaceChildren(...parts);
    const index = this.rows.indexOf(this.selected);
    if (index >= first && index < last) this.element.setAttribute("aria-activedescendant", `row-${this.selected.number}`);
    else this.element.removeAttribute("aria-activedescendant");
  }

  option(row, index) {
    const option = make("div", {
      id: `row-${row.number}`, role: "option", class: `row${row.last.failed ? " failed" : ""}`,
      "aria-selected": String(row === this.selected), "aria-setsize": this.rows.length, "aria-posinset": index + 1,
      onclick: () => this.onselect(row), ondblclick: () => this.onopen(),
    },
    make("span", { class: "number" }, String(row.number)), this.title(row), this.marks(row),
    make("span", { class: `pill ${row.last.failed ? "bad" : row.last.ms == null ? "" : "good"}` }, row.last.outcome),
    make("span", { class: "at" }, `+${duration(row.start)}`), this.meter(row));
    option.style.top = `${index * ROW}px`;
    return option;
  }

  title(row) {
    const name = make("span", { class: "name" },
      make("span", { class: `dot s${data.services.indexOf(row.first.service) % 8}` }),
      row.depth ? make("span", { class: "inside", title: "made inside of another call" }, "↳ ") : null,
      make("b", {}, row.first.operation), make("span", { class: "service" }, row.first.service),
      make("span", { class: "params" }, shortParams(row.first)));
    name.style.paddingInlineStart = `${Math.min(row.depth, 6) * 18}px`;
    return name;
  }

  marks(row) {
    const waits = row.attempts.reduce((sum, call) => sum + call.waits.reduce((seconds, wait) => seconds + wait.seconds, 0), 0);
    return make("span", { class: "marks" },
      row.attempts.length > 1 ? make("span", { class: "mark" }, `${row.attempts.length} attempts`) : null,
      row.rule ? make("span", { class: `mark ${row.rule.kind}`, title: row.rule.text }, row.rule.kind) : null,
      waits ? make("span", { class: "mark wait", title: "waits that were skipped" }, `${waits.toFixed(1)} s skipped`) : null);
  }

  meter(row) {
    const bar = make("span", { class: "bar" });
    bar.style.width = `${Math.max(2, ((row.end - row.start) / this.longest) * 100)}%`;
    return make("span", { class: "ms" }, make("span", {}, row.last.ms == null ? "pending" : duration(row.end - row.start)), bar);
  }

  select(row) {
    this.selected = row;
    const index = this.rows.indexOf(row);
    const top = index * ROW;
    if (index >= 0 && top < this.element.scrollTop) this.element.scrollTop = top;
    if (index >= 0 && top + ROW > this.element.scrollTop + this.element.clientHeight) this.element.scrollTop = top + ROW - this.element.clientHeight;
    this.render();
  }

  keyDown(event) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key === "Enter") this.onopen();
    if (!(event.key in steps) || !this.rows.length || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = this.rows.indexOf(this.selected) + steps[event.key];
    this.onselect(this.rows[Math.min(Math.max(next, 0), this.rows.length - 1)]);
  }
}
