"""The words of the pages in every language: `make messages` gathers and compiles them, `--check` only looks.

Templates are read as Django's own makemessages reads them, but without GNU gettext: the catalogues can be
renewed wherever the tests run. Compiled ones are committed: a fresh machine needs nothing to serve them.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "predictor" / "locale"
# REST framework's forms and the administration speak English alone.
ENGLISH = ("templates/admin/", "templates/rest_framework/", "predictor/admin/")
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
# What templatize makes of a translated text: `gettext('text')`, with u or r before the quotes or without.
_TEXT = r"""u?r?((?:'(?:[^'\\]|\\.)*'|\"{3}(?:.|\n)*?\"{3}|"(?:[^"\\]|\\.)*"))"""
CALL = re.compile(rf"(n?gettext|_)\(\s*{_TEXT}(?:\s*,\s*{_TEXT})?")
# What would differ each time, or names nobody.
_HEADERS = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Project-Id-Version|Report-Msgid-Bugs-To|Last-Translator|Language-Team)'
    rb": .*\n"
)
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)

Message = str | tuple[str, str]


def gather() -> dict[Message, list[str]]:
    """Every message of the pages, and the files that say it."""
    found: dict[Message, list[str]] = {}
    for path in sorted([*ROOT.glob("templates/**/*.html"), *ROOT.glob("predictor/**/*.py")]):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(ENGLISH):
            continue
        read = _in_template if path.suffix == ".html" else _in_python
        for message in read(path.read_text(encoding="utf-8")):
            places = found.setdefault(message, [])
            if name not in places:
                places.append(name)
    return found


def _in_template(text: str) -> Iterator[Message]:
    for function, first, second in CALL.findall(templatize(text)):
        one = ast.literal_eval(first)
        yield (one, ast.literal_eval(second)) if function == "ngettext" else one


def _in_python(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if node.func.id in SINGULAR and texts:
            yield texts[0]
        elif node.func.id in PLURAL and len(texts) > 1:
            yield texts[0], texts[1]


def renewed(language: str, messages: dict[Message, list[str]]) -> Catalog:
    """A language's catalogue with these messages and no others, translated as far as it was."""
    path = _po(language)
    old = (
        read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    )
    new = Catalog(
        locale=language,
        project="mnistsite",
        header_comment="# The words of the pages. `make messages` renews this file and keeps what it says.",
        creation_date=_ANY_DAY,
        revision_date=_ANY_DAY,
        fuzzy=False,
    )
    for message, places in messages.items():
        known = old.get(message if isinstance(message, str) else message[0])
        new.add(message, known.string if known else "", locations=[(place, None) for place in places])
    return new


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _bytes(write: object, catalog: Catalog, **options: object) -> bytes:
    file = io.BytesIO()
    write(file, catalog, **options)  # type: ignore[operator]
    return file.getvalue()


def main() -> int:
    """Bring the catalogues up to date, or say what is wrong with them."""
    settings.configure(USE_I18N=True)
    django.setup()
    messages, problems = gather(), []
    for language in sorted(path.name for path in LOCALE.iterdir() if path.is_dir()):
        catalog = renewed(language, messages)
        po = _HEADERS.sub(b"", _bytes(write_po, catalog, width=110, sort_output=True))
        mo = _bytes(write_mo, catalog)
        missing = [
            one.id for one in catalog if one.id and not (all(one.string) if one.pluralizable else one.string)
        ]
        problems += [f"{language}: no words for {text!r}" for text in missing]
        problems += [f"{language}: {e.args[0]} in {m.id!r}" for m, errors in catalog.check() for e in errors]
        for path, content in ((_po(language), po), (_po(language).with_suffix(".mo"), mo)):
            if "--check" not in sys.argv:
                path.write_bytes(content)
            elif not path.exists() or path.read_bytes() != content:
                problems.append(f"{path.relative_to(ROOT)} is out of date: make messages")
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
