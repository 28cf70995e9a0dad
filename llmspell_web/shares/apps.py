from django.apps import AppConfig


class SharesConfig(AppConfig):
    name = "llmspell_web.shares"
    label = "llmspell_shares"
