// The index page: search, and tests of one outcome only.
const tests = document.getElementById("tests");
const found = [...tests.querySelectorAll("tbody tr")].map((element) => ({ element, text: element.textContent.toLowerCase() }));
const shownCount = make("span", { class: "count quiet", role: "status" });
const words = make("input", { type: "search", placeholder: "Search  ( / )", "aria-label": "Search the tests", oninput: () => filterTests() });
const failuresOnly = make("input", { type: "checkbox", onchange: () => filterTests() });

function filterTests() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { element, text } of found) {
    const hasFailed = ["failed", "error"].includes(element.dataset.outcome);
    const isShown = wanted.every((word) => text.includes(word)) && (hasFailed || !failuresOnly.checked);
    element.hidden = !isShown;
    if (isShown) shown += 1;
  }
  shownCount.textContent = shown < found.length ? `${shown.toLocaleString("en")} of ${plural(found.length, "test")}` : plural(found.length, "test");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== words) {
    event.preventDefault();
    words.focus();
  }
});
tests.querySelector("h2").after(make("div", { class: "toolbar" }, words, make("label", {}, failuresOnly, "Failures only"), shownCount));
filterTests();
