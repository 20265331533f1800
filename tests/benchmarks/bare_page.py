"""The baseline of a live page: a page and a websocket, with nothing behind them. For each message it gets, the socket
sends the time; the page puts that into a list at its next frame."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.running import find_free_port

STARTED_WITHIN = 20  # seconds
PAGE = """<!doctype html><title>bare</title><a href="/">open</a> <button>say</button><ol></ol>
<script>
const socket = new WebSocket(`ws://${location.host}/`);
const say = () => socket.send("x");
socket.addEventListener("open", say);
document.querySelector("button").addEventListener("click", say);
socket.addEventListener("message", ({ data }) => requestAnimationFrame(() => {
  const item = document.createElement("li");
  item.dataset.at = data;
  document.querySelector("ol").append(item);
}));
</script>"""


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An ASGI application."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": PAGE.encode()})
        return
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "websocket.send", "text": str(time.time_ns() / 1e6)})


@contextmanager
def running_bare_page() -> Iterator[str]:
    """The page's address."""
    url = f"http://localhost:{find_free_port()}/"
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.bare_page:app", "--lifespan", "off"]
    process = subprocess.Popen([*command, "--log-level", "error", "--port", url.rstrip("/").rpartition(":")[2]])
    try:
        wait_until_served(url)
        yield url
    finally:
        process.kill()
        process.wait()


def wait_until_served(url: str) -> None:
    until = time.monotonic() + STARTED_WITHIN
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
