from django.apps import AppConfig


class ArtifactsConfig(AppConfig):
    name = "artifacts"
    label = "llmspell_artifacts"

    def ready(self) -> None:
        from artifacts.bulk_artifacts import ARTIFACTS  # models are there only now
        from artifacts.listing.table import ARTIFACT_TABLE
        from sessions.bulk_subjects import register
        from sessions.tables import register as register_table

        register(ARTIFACTS)
        register_table(ARTIFACT_TABLE)
