// The timeline: a lane for each service, or task, or client. Dragging selects a range of time.
const LANES = {
  Service: (call) => call.service,
  "Task or thread": (call) => call.task || call.thread || "not noted",
  Client: (call) => call.backend,
};
const LABEL = 150;
const AXIS = 24;
const BAR = 12;
const MOST_TRACKS = 6;

class Timeline {
  constructor(calls, { onselect, onrange }) {
    Object.assign(this, { calls, onselect, onrange, lanesBy: "Service", selected: null, shown: null });
    this.services = counted(calls.map((call) => call.service)).map(([name]) => name);
    const end = calls.reduce((most, call) => Math.max(most, call.at + (call.ms || 0)), 0);
    const start = calls[0].at;
    const margin = Math.max((end - start) * 0.015, 0.1);
    this.whole = [start - margin, end + margin];
    this.range = this.whole;
    this.canvas = make("canvas", { class: "timeline", "aria-hidden": "true" });
    this.probe = make("span", { hidden: true });
    this.tip = make("div", { class: "tip", hidden: true });
    this.element = make("div", { class: "timeline-box" }, this.canvas, this.tip, this.probe);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.element);
    document.addEventListener("themechange", () => this.draw());
  }

  color(name) {
    this.probe.style.color = `var(${name})`;
    return getComputedStyle(this.probe).color;
  }

  // Bars of a lane that overlap go to tracks below each other.
  layOut() {
    const lanes = new Map();
    for (const call of this.calls) {
      const name = LANES[this.lanesBy](call);
      const lane = lanes.get(name) || { name, ends: [], bars: [] };
      lanes.set(name, lane);
      let track = lane.ends.findIndex((end) => end <= call.at);
      if (track < 0) track = lane.ends.length < MOST_TRACKS ? lane.ends.length : MOST_TRACKS - 1;
      lane.ends[track] = call.at + (call.ms || 0);
      lane.bars.push({ call, track });
    }
    this.laidOutBy = this.lanesBy;
    let top = AXIS;
    this.lanes = [...lanes.values()];
    for (const lane of this.lanes) {
      lane.top = top;
      lane.height = lane.ends.length * (BAR + 3) + 11;
      top += lane.height;
    }
    this.height = top + 4;
  }

  get label() {
    return this.width < 700 ? 84 : LABEL;
  }

  x(at) {
    const [start, end] = this.range;
    return this.label + ((at - start) / (end - start)) * (this.width - this.label - 8);
  }

  at(x) {
    const [start, end] = this.range;
    return start + ((x - this.label) / (this.width - this.label - 8)) * (end - start);
  }

  // Several changes at once draw once.
  draw() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.drawNow();
    });
  }

  drawNow() {
    if (this.laidOutBy !== this.lanesBy) this.layOut();
    this.width = this.element.clientWidth;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    this.canvas.style.height = `${this.height}px`;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = `12px ${getComputedStyle(this.element).fontFamily}`;
    context.textBaseline = "middle";
    this.colors = Object.fromEntries(["--text", "--quiet", "--line", "--bad", "--accent", "--stripe", ...this.services.map((_, index) => `--s${index % 8}`)]
      .map((name) => [name, this.color(name)]));
    this.drawAxis(context);
    this.lanes.forEach((lane, index) => this.drawLane(context, lane, index));
    this.drawDrag(context);
  }

  drawAxis(context) {
    const span = this.range[1] - this.range[0];
    const step = niceStep(span / Math.max(2, (this.width - this.label) / 110));
    context.textAlign = "center";
    for (let at = Math.ceil(this.range[0] / step) * step; at < this.range[1]; at += step) {
      const x = Math.round(this.x(at)) + 0.5;
      if (x < this.label + 20 || x > this.width - 24) continue;
      context.fillStyle = this.colors["--line"];
      context.fillRect(x, AXIS - 4, 1, this.height);
      context.fillStyle = this.colors["--quiet"];
      context.fillText(axisLabel(at, step), x, AXIS / 2 - 1);
    }
  }

  drawLane(context, lane, index) {
    if (index % 2 === 0) {
      context.fillStyle = this.colors["--stripe"];
      context.fillRect(0, lane.top, this.width, lane.height);
    }
    context.textAlign = "left";
    context.fillStyle = this.colors["--text"];
    context.fillText(fitted(context, lane.name, this.label - 20), 10, lane.top + lane.height / 2 + 1);
    context.save();
    context.beginPath();
    context.rect(this.label, lane.top, this.width - this.label, lane.height);
    context.clip();
    this.drawn = new Set();
    lane.bars.forEach((bar) => this.drawBar(context, lane, bar));
    context.restore();
  }

  drawBar(context, lane, { call, track }) {
    const x = this.x(call.at);
    const width = Math.max(this.x(call.at + (call.ms || 0)) - x, 3);
    if (x > this.width || x + width < this.label) return;
    const y = lane.top + 6 + track * (BAR + 3);
    const isDim = this.shown && !this.shown.has(call.row);
    const pixels = `${track} ${Math.round(x)} ${Math.round(width)} ${isDim} ${call.failed} ${call.service}`;
    if (this.drawn.has(pixels) && call.row !== this.selected) return; // of thousands, many are in one place
    this.drawn.add(pixels);
    context.globalAlpha = isDim ? 0.18 : 1;
    context.fillStyle = this.colors[call.failed ? "--bad" : `--s${this.services.indexOf(call.service) % 8}`];
    context.beginPath();
    context.roundRect(x, y, width, BAR, Math.min(3, width / 2));
    context.fill();
    if (call.row === this.selected) {
      context.strokeStyle = this.colors["--text"];
      context.lineWidth = 2;
      context.strokeRect(x - 2, y - 2, width + 4, BAR + 4);
    }
    context.globalAlpha = 1;
  }

  drawDrag(context) {
    if (!this.drag) return;
    const [from, to] = this.drag;
    context.fillStyle = this.colors["--accent"];
    context.globalAlpha = 0.18;
    context.fillRect(Math.min(from, to), 0, Math.abs(to - from), this.height);
    context.globalAlpha = 1;
  }

  found(x, y) {
    const lane = (this.lanes || []).find((each) => y >= each.top && y < each.top + each.height);
    if (!lane) return null;
    const near = lane.bars.filter(({ call, track }) => {
      const top = lane.top + 6 + track * (BAR + 3);
      const start = this.x(call.at);
      return y >= top - 2 && y <= top + BAR + 2 && x >= start - 3 && x <= Math.max(this.x(call.at + (call.ms || 0)), start + 3) + 3;
    });
    return near.length ? near[near.length - 1].call : null;
  }

  listen() {
    const point = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      const [x] = point(event);
      this.drag = [x, x];
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => this.moved(...point(event)));
    this.canvas.addEventListener("pointerup", (event) => this.released(...point(event)));
    this.canvas.addEventListener("pointerleave", () => this.showTip(null));
    this.canvas.addEventListener("dblclick", () => this.zoom(null));
  }

  moved(x, y) {
    if (this.drag) {
      this.drag[1] = Math.min(Math.max(x, this.label), this.width);
      this.draw();
    } else {
      this.showTip(this.found(x, y), x, y);
    }
  }

  released(x, y) {
    const [from, to] = this.drag || [0, 0];
    this.drag = null;
    if (Math.abs(to - from) > 5) {
      this.zoom([this.at(Math.max(Math.min(from, to), this.label)), this.at(Math.max(from, to))]);
    } else {
      const call = this.found(x, y);
      if (call) this.onselect(call.row);
      this.draw();
    }
  }

  zoom(range) {
    this.range = range || this.whole;
    this.draw();
    this.onrange(range);
  }

  // By keys: about the middle of what is shown, or of the selected call.
  scale(factor) {
    const [start, end] = this.range;
    const middle = this.selected ? this.selected.start : (start + end) / 2;
    const half = ((end - start) * factor) / 2;
    const next = [Math.max(this.whole[0], middle - half), Math.min(this.whole[1], middle + half)];
    this.zoom(next[0] === this.whole[0] && next[1] === this.whole[1] ? null : next);
  }

  showTip(call, x, y) {
    this.tip.hidden = !call;
    this.canvas.classList.toggle("over", Boolean(call));
    if (!call) return;
    this.tip.textContent = `${call.service} ${call.operation}  ${call.outcome}  ${duration(call.ms)}\n${shortParams(call)}`;
    this.tip.style.left = `${Math.min(x + 12, Math.max(0, this.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${y + 16}px`;
  }
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}

function axisLabel(at, step) {
  if (step >= 1000 || at >= 10000) return `${(at / 1000).toFixed(step >= 1000 ? 0 : step >= 100 ? 1 : 2)} s`;
  return `${at.toFixed(step < 1 ? 1 : 0)} ms`;
}

function fitted(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
}
