// What all pages share. Data is only ever set as text.
const data = JSON.parse(document.getElementById("data").textContent);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

function duration(ms) {
  if (ms == null) return "pending";
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new Event("themechange"));
  try {
    localStorage.setItem("aiomoto-theme", theme);
  } catch {
    // Pages from files have no storage in some browsers.
  }
}

function savedTheme() {
  try {
    return localStorage.getItem("aiomoto-theme");
  } catch {
    return null;
  }
}

function addThemeButton() {
  const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const toggle = () => setTheme(isDark() ? "light" : "dark");
  const button = make("button", { type: "button", class: "theme", onclick: toggle }, "Light / dark");
  document.querySelector("header").prepend(button);
  const saved = savedTheme();
  if (saved === "light" || saved === "dark") setTheme(saved);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("themechange")));
}

addThemeButton();
