from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "llmspell_sessions"  # `sessions` is the label of Django's own log-in sessions
