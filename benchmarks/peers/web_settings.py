"""The workbench's settings with two plain pages beside it, and each answer's queries counted in a header."""

from wanliu.settings import *  # noqa: F403 (all settings are meant)
from wanliu.settings import MIDDLEWARE as OURS

ROOT_URLCONF = "benchmarks.peers.web_pages"
MIDDLEWARE = ["benchmarks.peers.web_pages.counted", *OURS]
