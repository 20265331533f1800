"""Courses, for the site administrator."""

from django.contrib import admin

from portal.courses.models import Activity, Course, Enrolment, Unit


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    list_display = ("code", "title")
    prepopulated_fields = {"slug": ("code",)}


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):
    list_display = ("user", "course", "role", "started", "ended")
    list_filter = ("course", "role")
    autocomplete_fields = ("user",)


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    list_display = ("title", "course", "position")
    list_filter = ("course",)


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin):
    list_display = ("title", "unit", "position")
    list_filter = ("unit__course",)
