"""The OpenAPI 3.1 document of REST version 1, and the page that shows it.

`operations/` says what each address takes and answers, `failures.py` how it may fail, `components.py` of
what form the answers are. A new address needs an entry in `operations/` and `make openapi`.
"""
