"""Our settings with django-appointment beside us; its packages come after ours on the path."""

import os
import sys

sys.path.append(os.environ["BENCH_PEER"])

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "appointment"]
