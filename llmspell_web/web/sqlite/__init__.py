"""Django's SQLite backend with one write lock a process (see base.py)."""
