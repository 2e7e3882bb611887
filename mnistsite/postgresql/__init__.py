"""Django's PostgreSQL engine, so that no request waits long for a database that is lost."""
