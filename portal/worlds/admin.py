"""Worlds, for the site administrator: the templates. Copies and their mailboxes are the students' own."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from portal.worlds.models import World


@admin.register(World)
class WorldAdmin(admin.ModelAdmin):
    list_display = ("activity",)
    fields = ("activity", "source")

    def get_queryset(self, request: HttpRequest) -> QuerySet[World]:
        """The worlds of activities."""
        return super().get_queryset(request).filter(activity__isnull=False)

    def save_model(self, request: HttpRequest, obj: World, form: ModelForm, change: bool) -> None:
        """Save it, and make the mailboxes that it names now."""
        super().save_model(request, obj, form, change)
        obj.make_mailboxes()
