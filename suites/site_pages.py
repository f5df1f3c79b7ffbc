"""Open every page of the site in Chromium, narrow and wide, light and dark: nothing overflows, search works offline.

``nox -s site`` runs it on what ``make docs`` has built, and leaves screenshots.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

SITE = Path("build/site").resolve()
WIDTHS = {"narrow": 400, "wide": 1280}
SCHEMES = ("light", "dark")


def main(folder: Path) -> None:
    """Look at all pages, and search for a name from the reference."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))))
    mistakes: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for name, width in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
                page = context.new_page()
                _watch(page, mistakes)
                for path in sorted(SITE.rglob("*.html")):
                    _look(
                        page, path, mistakes, folder / f"{name}-{scheme}" / path.relative_to(SITE).with_suffix(".png")
                    )
                context.close()
        page = browser.new_page()
        _watch(page, mistakes)
        page.goto(f"{SITE.as_uri()}/search.html?q=assert_called_once")
        page.wait_for_selector("#search-results li a")
        links = page.eval_on_selector_all("#search-results li a", "each => each.map(a => a.getAttribute('href'))")
        if not any("reference/calls.html" in link for link in links):
            mistakes.append(f"search found {links}")
        browser.close()
    print(f"{len(list(SITE.rglob('*.html')))} pages; pictures in {folder}")
    if mistakes:
        sys.exit("\n".join(sorted(set(mistakes))))


def _watch(page: Any, mistakes: list[str]) -> None:
    page.on("pageerror", lambda error: _note_error(page, str(error), mistakes))
    page.on("request", lambda request: _note_request(page, request.url, mistakes))


def _note_error(page: Any, error: str, mistakes: list[str]) -> None:
    if error != "Failed to fetch":  # what a browser says of the excerpts beside what search finds in files
        mistakes.append(f"{page.url}: {error}")


def _note_request(page: Any, url: str, mistakes: list[str]) -> None:
    if not url.startswith(("file:", "data:", "blob:")):
        mistakes.append(f"{page.url} asks for {url}")


def _look(page: Any, path: Path, mistakes: list[str], picture: Path) -> None:
    page.goto(path.as_uri())
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture, full_page=True)
    if (wide := page.evaluate("document.scrollingElement.scrollWidth - innerWidth")) > 0:
        mistakes.append(f"{path.relative_to(SITE)} is {wide} pixels too wide at {page.viewport_size['width']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
