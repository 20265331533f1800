"""`pytest -p tests.on_postgresql tests/portal`: the portal's tests on a private PostgreSQL instead of SQLite."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from tests.postgresql import private_postgresql


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start the server before Django's settings are read."""
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    os.environ["DATABASE_URL"] = stack.enter_context(private_postgresql()).url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which of the two runs this was."""
    from django.db import connection

    terminalreporter.write_line(f"These tests ran on {connection.vendor}.")
