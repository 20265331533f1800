from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    name = "portal.exercises"
    label = "exercises"
