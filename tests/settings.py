"""The workbench's settings for the tests: a home of their own, quick passwords, plain static files."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "WANLIU_HOME" not in os.environ:
    os.environ["WANLIU_HOME"] = tempfile.mkdtemp(prefix="wanliu-test-")
    atexit.register(shutil.rmtree, os.environ["WANLIU_HOME"], ignore_errors=True)
os.environ.pop("WANLIU_TODAY", None)
os.environ.pop("WANLIU_OPENS", None)

from wanliu.settings import *  # noqa: F403 (the environment must stand first; all settings are meant)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if IS_SQLITE:  # noqa: F405 (comes with all settings)
    # A file, as in use: threads and processes wait for each other there otherwise than in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(WANLIU_HOME / "test.sqlite3")}  # noqa: F405 (as above)
