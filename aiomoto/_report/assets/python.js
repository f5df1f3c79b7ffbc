// Values as Python code: a list of [class, text] pairs, to show in colors or to copy.
function pythonString(text) {
  const quoted = JSON.stringify(text);
  return quoted.replace(/[\u007f-\u009f]/g, (each) => `\\x${each.charCodeAt(0).toString(16)}`);
}

function pythonTokens(value, indent = "") {
  if (value === null) return [["keyword", "None"]];
  if (typeof value === "boolean") return [["keyword", value ? "True" : "False"]];
  if (typeof value === "number") return [["number", String(value)]];
  if (typeof value === "string") return [["string", pythonString(value)]];
  if (Array.isArray(value)) return nested("[", "]", value.map((item) => [[], item]), indent);
  const names = Object.keys(value);
  if (names.length === 1 && names[0] === "$") return [["literal", value.$]];
  return nested("{", "}", names.map((name) => [[["key", pythonString(name)], ["", ": "]], value[name]]), indent);
}

function nested(open, close, items, indent) {
  if (!items.length) return [["", open + close]];
  const inner = `${indent}    `;
  const tokens = [["", `${open}\n`]];
  for (const [head, item] of items) {
    tokens.push(["", inner], ...head, ...pythonTokens(item, inner), ["", ",\n"]);
  }
  return [...tokens, ["", indent + close]];
}

function shortPython(value) {
  const text = pythonTokens(value).map(([, part]) => part).join("")
    .replace(/,\n\s*(?=[\]}])/g, "").replace(/(?<=[[{])\n\s*/g, "").replace(/\n\s*/g, " ");
  return text.length > 60 ? `${text.slice(0, 58)}…` : text;
}

function shortParams(call) {
  if (!call.params.values) return "";
  const added = new Set(call.params.added);
  const own = Object.entries(call.params.values).filter(([name]) => !added.has(name));
  return own.map(([name, value]) => `${name}=${shortPython(value)}`).join(", ");
}

// client.put_object(...): botocore's names of methods.
function methodName(operation) {
  return operation.replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2").replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase();
}

function pythonCall(call) {
  const added = new Set(call.params.added);
  const own = Object.entries(call.params.values).filter(([name]) => !added.has(name));
  const lines = own.map(([name, value]) => `    ${name}=${pythonTokens(value, "    ").map(([, part]) => part).join("")},\n`);
  return `client.${methodName(call.operation)}(${lines.length ? `\n${lines.join("")}` : ""})`;
}
