from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "llmspell_web.comments"
    label = "llmspell_comments"

    def ready(self) -> None:
        from llmspell_web.comments.feed_sources import COMMENTED, RESOLVED  # models are there only now
        from llmspell_web.comments.margins import fill_artifact, fill_run, fill_tabs
        from llmspell_web.comments.notices import count_unread
        from llmspell_web.comments.services import move_comments
        from llmspell_web.web.slots import register
        from llmspell_web.workspace.feed import sources
        from llmspell_web.workspace.feed.mark import register_count
        from sessions.placement import register_follower

        register("artifact", fill_artifact)
        register("run", fill_run)
        register("session tabs", fill_tabs)
        register("artifact tabs", fill_tabs)
        register_follower(move_comments)
        register_count("comments", count_unread)
        sources.register(COMMENTED, RESOLVED)
