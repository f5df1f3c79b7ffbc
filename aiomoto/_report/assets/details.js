// The panel about the selected call.
class Details {
  constructor() {
    this.tab = "Parameters";
    this.element = make("section", { class: "details", tabindex: "-1", "aria-label": "Selected call" });
    this.show(null);
  }

  show(row, attempt = null) {
    this.row = row;
    this.call = row && (attempt || row.last);
    if (!row) this.element.replaceChildren(make("p", { class: "empty quiet" }, "Select a call to see all of it."));
    else this.element.replaceChildren(...this.parts().filter(Boolean));
  }

  parts() {
    const { row, call } = this;
    return [this.title(), row.attempts.length > 1 ? this.attempts() : null, ...this.notes(), this.facts(), this.tabs()];
  }

  title() {
    const { call } = this;
    const copy = call.params.values ? copyButton("Copy as Python", () => pythonCall(call)) : null;
    return make("div", { class: "details-title" },
      make("h2", {}, make("span", { class: `dot s${data.services.indexOf(call.service) % 8}` }), `${call.service}.${call.operation}`),
      make("span", { class: `pill ${call.failed ? "bad" : "good"}` }, call.outcome), copy);
  }

  attempts() {
    const buttons = this.row.attempts.map((attempt) => make("button", {
      type: "button", "aria-pressed": String(attempt === this.call),
      onclick: () => { this.show(this.row, attempt); this.element.querySelector(".choice [aria-pressed=true]").focus(); },
    }, `${attempt.attempt}: ${attempt.outcome}`));
    return make("div", { class: "choice attempts", role: "group", "aria-label": "Attempts" }, ...buttons);
  }

  notes() {
    const { call } = this;
    const rule = call.rule && make("p", { class: `note ${call.rule.kind}` }, `${call.rule.kind === "fault" ? "A fault" : "An answer"} acted: `, make("code", {}, call.rule.text));
    const waits = call.waits.map((wait) => make("p", { class: "note wait" }, `Then a wait of ${wait.seconds.toFixed(2)} s was skipped (${wait.why}).`));
    const parent = call.parent == null ? null : data.calls[call.parent];
    const inside = parent && make("p", { class: "note" }, "Made inside of ", this.link(parent.row));
    const inner = this.row.children.length
      ? make("p", { class: "note" }, "Calls made inside of it: ", ...this.row.children.slice(0, 20).flatMap((child) => [this.link(child), " "])) : null;
    return [rule, ...waits, inside, inner];
  }

  link(row) {
    return make("button", { type: "button", class: "link", onclick: () => select(row) }, `${row.first.service}.${row.first.operation} (${row.number})`);
  }

  facts() {
    const { call } = this;
    const pairs = {
      Began: `+${duration(call.at)}`, Took: duration(call.ms), Client: call.backend, Region: call.region || "none",
      Account: call.account, Task: call.task, Thread: call.thread,
    };
    const items = Object.entries(pairs).filter(([, value]) => value != null);
    return make("dl", { class: "call-facts" }, ...items.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  }

  tabs() {
    const views = { Parameters: paramsView, Request: requestView, Response: responseView, Source: sourceView };
    const panel = make("div", { role: "tabpanel", id: "panel", tabindex: "0" });
    const names = Object.keys(views);
    const buttons = names.map((name) => make("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel", onclick: () => open(name), onkeydown: (event) => move(event, name),
    }, name));
    const open = (name) => {
      this.tab = name;
      buttons.forEach((button, index) => {
        button.setAttribute("aria-selected", String(names[index] === name));
        button.tabIndex = names[index] === name ? 0 : -1;
      });
      panel.setAttribute("aria-labelledby", `tab-${name}`);
      panel.replaceChildren(...views[name](this.call).filter(Boolean));
    };
    const move = (event, name) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (names.indexOf(name) + step + names.length) % names.length;
      open(names[next]);
      buttons[next].focus();
    };
    open(this.tab);
    return make("div", {}, make("div", { role: "tablist", "aria-label": "Parts of the call" }, ...buttons), panel);
  }
}

function paramsView(call) {
  if (!call.params.values) return [make("p", { class: "quiet" }, call.params.missing)];
  const added = new Set(call.params.added);
  const names = Object.keys(call.params.values);
  if (!names.length) return [make("p", { class: "quiet" }, "The call has no parameters.")];
  const rows = names.map((name) => make("div", { class: added.has(name) ? "param added" : "param", title: added.has(name) ? "added by the client" : null },
    make("dt", {}, name), make("dd", {}, make("code", {}, ...tokensView(call.params.values[name])))));
  return [make("dl", { class: "params-list" }, ...rows)];
}

function tokensView(value) {
  return pythonTokens(value).map(([kind, text]) => make("span", { class: kind || null }, text));
}

function headersView(lines) {
  const rows = (lines || []).map((line) => {
    const [name, ...rest] = data.texts[line].split(": ");
    return make("div", {}, make("dt", {}, name), make("dd", {}, rest.join(": ")));
  });
  return rows.length ? make("dl", { class: "headers" }, ...rows) : null;
}

function missingBody(what) {
  const why = data.recordsBodies ? `The ${what} has no body.` : `The body of the ${what} was not recorded. Write mock_aws(record_bodies=True) to see it here.`;
  return make("p", { class: "quiet" }, why);
}

function requestView(call) {
  const body = call.request ? bodyView(call.request) : missingBody("request");
  return [make("p", { class: "url" }, make("b", {}, call.method), ` ${call.url}`), headersView(call.sent), make("h3", {}, "Body"), body];
}

function responseView(call) {
  if (call.outcome === "pending") return [make("p", { class: "quiet" }, "There was no response yet.")];
  const noted = headersView(call.received) || make("p", { class: "quiet" }, "No headers were noted.");
  return [make("p", {}, make("b", {}, call.outcome)), noted, make("h3", {}, "Body"), call.response ? bodyView(call.response) : missingBody("response")];
}

function sourceView(call) {
  if (!call.places) return [make("p", { class: "quiet" }, "The line that made this call was not noted, or is not known: the call is the whole of its task.")];
  return call.places.map((number) => {
    const place = data.places[number];
    const lines = place.code.map((text, index) => {
      const line = place.start + index;
      return make("span", { class: line === place.line ? "code-line here" : "code-line" }, make("span", { class: "line-number" }, String(line)), `${text}\n`);
    });
    return make("div", { class: "place" }, make("h3", {}, `${place.file}:${place.line}`, make("span", { class: "quiet" }, ` in ${place.function}`)), lines.length ? make("pre", { tabindex: "0" }, ...lines) : null);
  });
}

function copyButton(label, text) {
  const button = make("button", { type: "button", class: "copy", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser refused";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  } }, label);
  return button;
}
