"""What a sales-ops person sees: the UI on a built instance in a real browser, from a mart to its source.

The pictures of docs/images are made so: `UI_SCREENSHOTS=docs/images pytest tests/integration/test_ui.py`.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import PROJECT_ROOT, Settings
from tests.conftest import Ran
from tests.integration.processes import stop

pytestmark = pytest.mark.server

SECONDS = 60  # for one page on a busy machine
QUERY = """{ workspaceOrError { ... on Workspace { locationEntries {
    loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }"""


def program(name: str) -> str:
    """Path of an installed program; skips, or fails where servers are required, without it."""
    found = shutil.which(name)
    if found is None:
        advice = f"{name} is not installed (Debian: apt-get install chromium chromium-driver)"
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail(advice)
        pytest.skip(advice)
    return found


@pytest.fixture(scope="module")
def driver_path() -> str:
    program("chromium")
    return program("chromedriver")


@pytest.fixture(scope="module")
def server(driver_path: str, demo_run: tuple[Path, Ran]) -> Iterator[str]:
    """Address of a read-only webserver on the built instance, its code location loaded."""
    home, ran = demo_run
    assert ran.code == 0, ran.output
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(home=home, sources_file=home.parent / "sources.yaml")
    log = home.parent / "webserver.log"
    command = ["dagster-webserver", "--read-only", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / command[0]), *command[1:], "--workspace", "workspace.yaml"],
            cwd=PROJECT_ROOT, env=settings.environment(), stdout=output, stderr=output,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        assert loaded(process, address) == ["RepositoryLocation"], log.read_text()
        yield address
    finally:
        stop(process, 60)


def loaded(process: "subprocess.Popen[bytes]", address: str) -> list[str]:
    """Waits until the code location is there; what became of it."""
    body = json.dumps({"query": QUERY}).encode()
    headers = {"Content-Type": "application/json"}
    limit = time.monotonic() + 2 * SECONDS
    while time.monotonic() < limit and process.poll() is None:
        try:
            request = urllib.request.Request(f"{address}/graphql", body, headers)  # noqa: S310
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                entries = json.load(answer)["data"]["workspaceOrError"]["locationEntries"]
            if entries and all(entry["loadStatus"] == "LOADED" for entry in entries):
                return [entry["locationOrLoadError"]["__typename"] for entry in entries]
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.5)
    return []


class Browser:
    """A headless browser that waits for what it is to see."""

    def __init__(self, address: str, driver: Any, pictures: Path) -> None:
        self._address = address
        self._driver = driver
        self._pictures = pictures

    def open(self, path: str) -> None:
        self._driver.get(self._address + path)

    def see(self, *texts: str) -> str:
        """Waits until the page shows every one of the texts; the whole text."""
        limit = time.monotonic() + SECONDS
        text = ""
        while time.monotonic() < limit:
            text = self._driver.execute_script("return document.body.innerText")
            if all(each in text for each in texts):
                return text
            time.sleep(0.2)
        self.keep("not-seen")
        raise AssertionError(f"{[each for each in texts if each not in text]} not seen in:\n{text[:3000]}")

    def click(self, xpath: str) -> None:
        """Clicks the first that matches as soon as it is there."""
        limit = time.monotonic() + SECONDS
        while not (found := self._driver.find_elements("xpath", xpath)):
            assert time.monotonic() < limit, f"no {xpath}"
            time.sleep(0.2)
        self._driver.execute_script(
            "arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", found[0]
        )

    def keep(self, name: str) -> Path:
        """A picture of the window once it stands still: dialogs fade in, figures come after their headings.
        What never does (the age of something in seconds) is taken after ten seconds as it is."""
        limit = time.monotonic() + 10
        before, picture = b"", self._driver.get_screenshot_as_png()
        while before != picture and time.monotonic() < limit:
            time.sleep(0.7)
            before, picture = picture, self._driver.get_screenshot_as_png()
        path = self._pictures / f"{name}.png"
        path.write_bytes(picture)
        return path


@pytest.fixture
def browser(server: str, driver_path: str, tmp_path: Path) -> Iterator[Browser]:
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--window-size=1280,900", "--force-prefers-reduced-motion", f"--user-data-dir={tmp_path / 'profile'}",
    ):  # fmt: skip
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_path))
    pictures = Path(os.environ.get("UI_SCREENSHOTS") or tmp_path / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    try:
        yield Browser(server, driver, pictures.resolve())
    finally:
        driver.quit()


def test_from_a_mart_over_its_checks_to_its_source(browser: Browser) -> None:
    browser.open("/assets/rpt_rotten_pipeline")
    browser.see("One row per rep and stage with open deals", "sales_ops", "pipeline_health", "In the source:")
    # the answer to its question, rep by rep, and a figure to plot
    browser.see("rotten_share", "reasons", "past_close_date")
    pictures = [browser.keep("mart")]

    browser.click("//a[contains(@href, 'view=checks')]")
    browser.see("expectations", "Succeeded", "expectations hold", "what_must_hold")
    browser.click("//tr[contains(., 'what_must_hold')]//a")
    browser.see("Every open deal is in exactly one group", "One row per rep_id, stage.")
    pictures.append(browser.keep("checks"))

    browser.open("/assets/rpt_rotten_pipeline")
    browser.click("//a[contains(., 'salesforce.Opportunity.Amount')]")
    browser.see("landing", "As source demo sent it", "LastActivityDate is not read", "Amount")
    pictures.append(browser.keep("source"))

    for picture in pictures:
        assert picture.stat().st_size > 20_000, f"{picture} is blank"
