from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Listens to what the rooms below do not keep themselves."""

    name = "llmspell_web.audit"
    label = "llmspell_audit"

    def ready(self) -> None:
        # Models are there only now.
        from llmspell_web.audit.archive import keep_events
        from llmspell_web.audit.recording import listen
        from llmspell_web.audit.retention import forget_piece
        from llmspell_web.trash.removal import KEEPERS
        from sessions.bulk_worker import CHORES
        from sessions.models import SessionEvent

        listen()
        KEEPERS[SessionEvent] = keep_events
        CHORES.append(forget_piece)
