from django.apps import AppConfig


class TrashConfig(AppConfig):
    name = "llmspell_web.trash"
    label = "llmspell_trash"
