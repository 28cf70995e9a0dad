from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "llmspell_web.accounts"
    label = "llmspell_accounts"
