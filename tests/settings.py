"""The portal's settings with all state in a folder of this test run's own."""

import atexit
import os
import shutil
import tempfile

var = tempfile.mkdtemp(prefix="lentil-")
atexit.register(shutil.rmtree, var, ignore_errors=True)
os.environ["LENTIL_VAR"] = var
os.environ.pop("REDIS_URL", None)  # tests use the private Redis of this folder

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES, VAR  # noqa: E402

# A file, since threads and processes share it.
DATABASES["default"].setdefault("TEST", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"]["NAME"] = VAR / "test.sqlite3"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
