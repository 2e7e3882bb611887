"""The command line: pictures in, answers out, one line each."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mnistsite_client.client import Client
from mnistsite_client.errors import ClientError
from mnistsite_client.output import WRITERS, Progress

KEY_VARIABLE = "MNISTSITE_KEY"
DONE, REFUSED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 where every picture was answered, 1 where one was refused or the site could not be asked. What is
        wrong with the command itself ends in SystemExit with 2.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        client = Client(options.host, _key(options.key_file), model=options.model)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    try:
        return _recognize(client, options)
    except ClientError as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
    except BrokenPipeError:  # Whoever read the answers has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return REFUSED


def _recognize(client: Client, options: argparse.Namespace) -> int:
    writer = WRITERS[options.format](sys.stdout)
    progress = Progress(len(options.images), sys.stderr, quiet=options.quiet)
    refused = 0
    for path, outcome in client.predict_many(options.images):
        refused += writer.write(path, outcome)
        progress.advance()
    progress.end(refused)
    return REFUSED if refused else DONE


def _key(key_file: Path | None) -> str:
    """The key, from a file or the environment: what stands on a command line, every process can read.

    Raises:
        ValueError: there is none.
    """
    key = key_file.read_text() if key_file else os.environ.get(KEY_VARIABLE, "")
    if not key.strip():
        raise ValueError(
            f"Put a token's key into the environment variable {KEY_VARIABLE}, or name --key-file."
        )
    return key.strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mnistsite_client",
        description="Have pictures recognised by a mnistsite, any number of them.",
        epilog=f"The token's key comes from {KEY_VARIABLE} or --key-file. Exit: 0 every picture was answered,"
        " 1 one was refused or the site could not be asked, 2 wrong usage.",
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="a picture file")
    parser.add_argument(
        "--host", default="http://127.0.0.1:8000", help="the site's address (default: %(default)s)"
    )
    parser.add_argument("--model", help="NAME or NAME@VERSION (default: the site's)")
    parser.add_argument("--key-file", type=Path, help="a file that holds the token's key")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--csv", dest="format", action="store_const", const="csv", help="comma-separated values"
    )
    form.add_argument(
        "--json", dest="format", action="store_const", const="json", help="a JSON object a line"
    )
    parser.set_defaults(format="text")
    return parser
