from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "llmspell_web.web"
    label = "llmspell_web"
