"""The workbench's settings for the tests: a home of their own, quick passwords, plain static files."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("WANLIU_HOME", tempfile.mkdtemp(prefix="wanliu-test-"))
os.environ.pop("WANLIU_TODAY", None)

from wanliu.settings import *  # noqa: F403 (the environment must stand first; all settings are meant)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
