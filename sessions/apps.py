from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "llmspell_sessions"  # `sessions` is the label of Django's own log-in sessions

    def ready(self) -> None:
        from sessions.bulk_sessions import SESSIONS  # models are there only now
        from sessions.bulk_subjects import register
        from sessions.session_table import SESSION_TABLE
        from sessions.tables import register as register_table

        register(SESSIONS)
        register_table(SESSION_TABLE)
