from django.apps import AppConfig


class LabsConfig(AppConfig):
    name = "portal.labs"
    label = "labs"
