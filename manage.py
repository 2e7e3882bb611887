#!/usr/bin/env python3
"""Django's command line. `.venv/bin/python manage.py help` lists the commands."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mnistsite.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # A command tells what it does by its own output.
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # Its files would count as those of one more worker.
    execute_from_command_line(sys.argv)
