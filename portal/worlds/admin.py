"""Worlds with their zones, accounts and files, for the site administrator: the templates. Copies, and their mailboxes,
are the students' own."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from portal.worlds.files import FtpAccount, VirtualFile
from portal.worlds.models import World
from portal.worlds.zones import Zone


@admin.register(World)
class WorldAdmin(admin.ModelAdmin):
    list_display = ("activity",)
    fields = ("activity", "source")

    def get_queryset(self, request: HttpRequest) -> QuerySet[World]:
        """The worlds of activities."""
        return super().get_queryset(request).filter(activity__isnull=False)

    def save_model(self, request: HttpRequest, obj: World, form: ModelForm, change: bool) -> None:
        """Save it, and make the mailboxes, zones, accounts and files that it names now."""
        super().save_model(request, obj, form, change)
        obj.make_mailboxes()
        obj.make_zones()
        obj.make_files()


@admin.register(Zone)
class ZoneAdmin(admin.ModelAdmin):
    """To read, and to delete: it is made anew from the world's document when that is saved. It is edited on its page,
    by the course's instructors."""

    list_display = ("title", "world", "serial", "is_edited")
    fields = ("name", "world", "serial", "is_edited", "source")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Zone]:
        """The zones of activities' worlds."""
        return super().get_queryset(request).filter(world__activity__isnull=False).select_related("world__activity")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Zone | None = None) -> bool:
        return False


@admin.register(FtpAccount)
class FtpAccountAdmin(admin.ModelAdmin):
    """To read: what accounts there are is said by the world's document."""

    list_display = ("user", "host", "world", "home", "quota", "may_write")
    fields = ("user", "host", "world", "password", "account", "home", "quota", "may_write")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FtpAccount]:
        """The accounts of activities' worlds."""
        return super().get_queryset(request).filter(world__activity__isnull=False).select_related("world__activity")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FtpAccount | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FtpAccount | None = None) -> bool:
        return False


@admin.register(VirtualFile)
class VirtualFileAdmin(admin.ModelAdmin):
    """To read, and to delete a file: one of the world's document is made anew when that is saved. Files are put there
    on a page, by the course's instructors."""

    list_display = ("path", "host", "world", "owner", "size", "is_placed")
    fields = ("path", "host", "world", "owner", "mode", "modified_at", "size", "is_placed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[VirtualFile]:
        """The files of activities' worlds."""
        return super().get_queryset(request).filter(world__activity__isnull=False).select_related("world__activity")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: VirtualFile | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: VirtualFile | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_directory)
