from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "llmspell_web.teams"
    label = "llmspell_teams"
