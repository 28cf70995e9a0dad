from django.apps import AppConfig


class ArtifactsConfig(AppConfig):
    name = "artifacts"
    label = "llmspell_artifacts"

    def ready(self) -> None:
        from artifacts.bulk_artifacts import ARTIFACTS  # models are there only now
        from sessions.bulk_subjects import register

        register(ARTIFACTS)
