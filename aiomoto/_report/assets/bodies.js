// Bodies: formatted JSON or XML, plain text, or hex.
function bytesOf(body) {
  if (body.text != null) return new TextEncoder().encode(body.text);
  return Uint8Array.from(atob(body.base64), (each) => each.charCodeAt(0));
}

function hex(bytes) {
  const lines = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const part = [...bytes.slice(start, start + 16)];
    const codes = part.map((each) => each.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    const text = part.map((each) => (each > 31 && each < 127 ? String.fromCharCode(each) : ".")).join("");
    lines.push(`${start.toString(16).padStart(6, "0")}  ${codes}  ${text}`);
  }
  return lines.join("\n");
}

function formattedXml(text) {
  let depth = 0;
  return text.replace(/>\s*</g, ">\n<").split("\n").map((line) => {
    if (line.startsWith("</")) depth = Math.max(0, depth - 1);
    const shown = "  ".repeat(depth) + line;
    if (/^<[^/?!]/.test(line) && !line.includes("</") && !line.endsWith("/>")) depth += 1;
    return shown;
  }).join("\n");
}

function formatted(text) {
  if (text == null) return null;
  const start = text.trimStart()[0];
  if (start === "<") return formattedXml(text);
  if (start !== "{" && start !== "[") return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null; // shortened, or no JSON after all
  }
}

function bodyView(body) {
  const views = { Formatted: formatted(body.text), Text: body.text, Hex: body.shown ? hex(bytesOf(body)) : null };
  const names = Object.keys(views).filter((name) => views[name] != null && views[name] !== "");
  const text = make("pre", { tabindex: "0" });
  const buttons = names.map((name) => make("button", { type: "button", onclick: () => show(name) }, name));
  const show = (shown) => {
    text.textContent = views[shown];
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(names[index] === shown)));
  };
  const size = body.shown < body.size
    ? `the first ${body.shown.toLocaleString("en")} of ${plural(body.size, "byte")}` : plural(body.size, "byte");
  if (names.length) show(names[0]);
  const head = make("div", { class: "body-head" }, make("span", { class: "quiet" }, size),
    make("span", { class: "choice", role: "group", "aria-label": "Show as" }, ...buttons));
  return make("div", {}, head, names.length ? text : null);
}
