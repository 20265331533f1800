"""Accounts, for the site administrator."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from portal.accounts.models import User


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Django's own, and whether it is a demo account."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "demo")
    readonly_fields = ("demo",)
