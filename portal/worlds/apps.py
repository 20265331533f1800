from django.apps import AppConfig


class WorldsConfig(AppConfig):
    name = "portal.worlds"
    label = "worlds"
