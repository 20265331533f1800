"""Exercises and attempts, for the site administrator: when an exercise opens and closes can be set, the rest is to
read, without what was answered. Exercises are written on their pages, by the course's instructors."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from portal.exercises.models import Attempt, Exercise, Version
from portal.labs.admin import ReadOnlyAdmin


@admin.register(Exercise)
class ExerciseAdmin(admin.ModelAdmin):
    list_display = ("activity", "allowed", "counts", "opens_at", "due_at", "closes_at")
    list_filter = ("activity__unit__course",)
    fields = ("activity", "time_zone", "allowed", "counts", "opens_at", "due_at", "closes_at")
    readonly_fields = ("activity", "time_zone")

    @admin.display(description="The times are in")
    def time_zone(self, exercise: Exercise) -> str:
        return exercise.course.time_zone

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form, its times shown and read in the course's time zone."""
        exercise = self.get_object(request, object_id) if object_id else None
        with timezone.override(exercise.course.zone if exercise else timezone.get_default_timezone()):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            # A page is rendered after this otherwise, when the zone is another again.
            return response.render() if isinstance(response, TemplateResponse) else response


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ("exercise", "number", "author", "made_at", "published_at")
    fields = ("exercise", "number", "author", "made_at", "asked_at", "published_at")


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("exercise", "person", "number", "started_at", "submitted_at", "points", "total", "adjusted")
    list_filter = ("exercise",)
    fields = ("exercise", "version", "person", "number", "lab", "started_at", "submitted_at")
    readonly_fields = fields
