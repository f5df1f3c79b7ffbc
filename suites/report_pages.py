"""Open the pages of ``--aiomoto-report`` in Chromium: check them, and take the pictures of docs/report.md.

python suites/report_pages.py [FOLDER]     pages and screenshots go to the folder, the pictures to docs/ with --pictures
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from playwright.sync_api import Page, sync_playwright

from aiomoto import mock_aws

ROOT = Path(__file__).parent.parent
SHOP = "test_shop.py"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTHS = {400: 800, 1600: 1000}
MOST_SECONDS = 2.0
# Chromium looks for hosts of its own otherwise.
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def write_pages(folder: Path) -> None:
    """Run tests some of which fail, with a report."""
    shutil.copy(ROOT / "suites" / "report_shop.py", folder / SHOP)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-W", "ignore", "--aiomoto-report=all"]
    subprocess.run(
        [sys.executable, "-m", "pytest", SHOP, *options, "-o", "aiomoto_leaks=warn"], cwd=folder, check=False
    )


def write_large_page(file: Path) -> None:
    """Write the page of a mock that has made 10,000 calls."""
    with mock_aws(record_bodies=True) as aws:
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="large")
        for number in range(9_999):
            s3.head_bucket(Bucket="large") if number % 2 else s3.put_object(Bucket="large", Key=f"k{number}", Body=b"x")
        aws.report(file)


@contextmanager
def opened(browser: Any, file: Path, width: int, scheme: str) -> Iterator[Page]:
    """Open a page, which must write nothing to the console and ask for nothing else."""
    page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if request.url != page.url else None)
    page.goto(file.as_uri())
    said[:] = [each for each in said if each != file.as_uri()]
    yield page
    assert said == [], f"{file.name} at {width} pixels: {said}"
    page.close()


def check_width(page: Page, what: str) -> None:
    """Check that nothing is wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{what} is {wide} pixels too wide"


def check_keys(page: Page) -> None:
    """Use the page of a test without a mouse."""
    page.locator("[role=listbox]").focus()
    page.keyboard.press("Home")
    before = page.locator(".details h2").inner_text()
    page.keyboard.press("End")
    assert page.locator(".details h2").inner_text() != before
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "details"
    page.keyboard.press("/")
    page.keyboard.type("nothing is like this")
    assert page.locator(".list").is_hidden()
    page.keyboard.press("Escape")
    assert page.locator(".list").is_visible()
    page.locator("[role=tab][aria-selected=true]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[role=tab][aria-selected=true]").inner_text() == "Request"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def check_large(browser: Any, file: Path) -> None:
    """Open 10,000 calls in two seconds."""
    size = file.stat().st_size
    assert size < 10_000_000, size
    seconds = min(_seconds_to_open(browser, file) for _ in range(3))
    print(f"10,000 calls: {size / 1e6:.1f} MB, opened in {seconds:.2f} s")
    assert seconds < MOST_SECONDS
    with opened(browser, file, 1600, "light") as page:
        page.locator("input[type=search]").fill("k9000")
        assert page.locator("[role=option]").count() == 1


def _seconds_to_open(browser: Any, file: Path) -> float:
    began = time.monotonic()
    with opened(browser, file, 1600, "light") as page:
        page.locator("[role=option]").first.wait_for()
        return time.monotonic() - began


def look_at(browser: Any, folder: Path, files: dict[str, Path]) -> None:
    """Take screenshots of all pages."""
    for name, file in files.items():
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                with opened(browser, file, width, scheme) as page:
                    check_width(page, f"{name} at {width} pixels")
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                    if name == "trace":
                        check_keys(page)
                        check_width(page, f"{name} at {width} pixels")


def take_pictures(browser: Any, files: dict[str, Path]) -> None:
    """Take the pictures of docs/report.md."""
    for name, height in {"trace": 900, "index": 560}.items():
        page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme="light")
        page.goto(files[name].as_uri())
        for summary in page.locator(".failure summary").all():
            summary.click()  # there is more to see below
        picture = ROOT / "docs" / f"report-{name}.png"
        page.screenshot(path=picture)
        assert picture.stat().st_size < 200_000, picture
        page.close()


def main() -> None:
    """Write the pages, open them, and check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", action="store_true", help="write the pictures in docs/")
    arguments = parser.parse_args()
    folder: Path = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    write_pages(folder)
    write_large_page(folder / "large.html")
    pages = folder / "aiomoto-report"
    files = {"index": pages / "index.html", "trace": next(pages.glob("*test_an_order*.html"))}
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *QUIET])
        look_at(browser, folder, files)
        check_large(browser, folder / "large.html")
        if arguments.pictures:
            take_pictures(browser, files)
        browser.close()


if __name__ == "__main__":
    main()
