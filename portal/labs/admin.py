"""Labs, their logs and who looked at them, for the site administrator: to read, without what was said in them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from portal.labs.models import Event, Lab, Visit


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing can be added, changed or deleted: the log has one writer, which is not a person."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Lab)
class LabAdmin(ReadOnlyAdmin):
    list_display = ("pk", "person", "activity", "state", "owner", "epoch", "starts", "last_seq", "opened_at", "why")
    list_filter = ("state",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("lab", "seq", "kind", "at", "because")
    list_filter = ("kind",)
    fields = ("lab", "seq", "kind", "at", "because")
    show_full_result_count = False


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ("user", "lab", "at")
