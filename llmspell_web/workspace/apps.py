from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "llmspell_web.workspace"
    label = "llmspell_workspace"
