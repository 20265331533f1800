"""Every page's address."""

from allauth.account import views as account_views
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import path, register_converter

from portal import health, pages
from portal.courses import views as course_views
from portal.exercises import attempt_views as attempts
from portal.exercises import author_views as authors
from portal.exercises import course_views as exercise_views
from portal.exercises import review_views as reviews
from portal.exercises import terms_views
from portal.exercises import version_views as versions
from portal.labs import file_views as files
from portal.labs import views as lab_views
from portal.labs import wire_views
from portal.labs import zone_views as zones
from portal.worlds.zone_path import ZoneName

# The admin's own sign-in form knows no rate limit: people sign in where everybody does.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

register_converter(ZoneName, "zone")

urlpatterns = [
    path("", course_views.show_home, name="home"),
    path("courses/<slug:course>/", exercise_views.show_course, name="course"),
    path("courses/<slug:course>/labs/", lab_views.show_class, name="class-labs"),
    path("courses/<slug:course>/exercises/", authors.list_exercises, name="exercises"),
    path("courses/<slug:course>/exercises/new", authors.write_new, name="new-exercise"),
    path("courses/<slug:course>/exercises/preview", authors.preview, name="preview-exercise"),
    path("courses/<slug:course>/<slug:activity>/edit", authors.write, name="edit-exercise"),
    path("courses/<slug:course>/<slug:activity>/duplicate", authors.duplicate, name="duplicate-exercise"),
    path("courses/<slug:course>/<slug:activity>/terms", terms_views.edit_terms, name="terms"),
    path("courses/<slug:course>/<slug:activity>/versions/", versions.list_versions, name="versions"),
    path("courses/<slug:course>/<slug:activity>/versions/<int:version>/", versions.show_version, name="version"),
    path("courses/<slug:course>/<slug:activity>/versions/<int:version>/file", versions.download, name="version-file"),
    path(
        "courses/<slug:course>/<slug:activity>/versions/<int:version>/publish",
        versions.publish,
        name="publish-version",
    ),
    path("courses/<slug:course>/<slug:activity>/versions/<int:version>/restore", versions.go_back, name="go-back"),
    path("courses/<slug:course>/<slug:activity>/open", exercise_views.open_lab, name="open-lab"),
    path("courses/<slug:course>/<slug:activity>/attempts/", reviews.list_attempts, name="attempts"),
    path("courses/<slug:course>/<slug:activity>/grade-again", reviews.grade_again, name="grade-again"),
    path("courses/<slug:course>/<slug:activity>/zones/", zones.list_activity_zones, name="activity-zones"),
    path("courses/<slug:course>/<slug:activity>/zones/<zone:zone>/", zones.edit_activity_zone, name="activity-zone"),
    path("courses/<slug:course>/<slug:activity>/files/", files.list_activity_files, name="activity-files"),
    path("courses/<slug:course>/<slug:activity>/files/<int:file>/", files.show_activity_file, name="activity-file"),
    path(
        "courses/<slug:course>/<slug:activity>/files/<int:file>/content",
        files.download_activity_file,
        name="activity-file-content",
    ),
    path("labs/<int:lab>/", attempts.show_lab, name="lab"),
    path("labs/<int:lab>/open", lab_views.open_lab_again, name="open-again"),
    path("labs/<int:lab>/end", lab_views.end_lab, name="end-lab"),
    path("labs/<int:lab>/mailboxes/", lab_views.show_mailboxes, name="mailboxes"),
    path("labs/<int:lab>/messages/<int:message>/", lab_views.show_message, name="message"),
    path("labs/<int:lab>/messages/<int:message>/source", lab_views.show_source, name="message-source"),
    path("labs/<int:lab>/wire/", wire_views.show_wire, name="wire"),
    path("labs/<int:lab>/files/", files.list_lab_files, name="lab-files"),
    path("labs/<int:lab>/files/<int:file>/", files.show_lab_file, name="lab-file"),
    path("labs/<int:lab>/files/<int:file>/content", files.download_lab_file, name="lab-file-content"),
    path("labs/<int:lab>/zones/", zones.list_lab_zones, name="zones"),
    path("labs/<int:lab>/zones/<zone:zone>/", zones.edit_lab_zone, name="zone"),
    path("attempts/<int:attempt>/", attempts.show_attempt, name="attempt"),
    path("attempts/<int:attempt>/progress/", attempts.show_progress, name="attempt-progress"),
    path("attempts/<int:attempt>/answers", attempts.answer_question, name="answer"),
    path("attempts/<int:attempt>/submit", attempts.submit_attempt, name="submit-attempt"),
    path("attempts/<int:attempt>/comments", reviews.add_comment, name="comment"),
    path("attempts/<int:attempt>/points", reviews.adjust_points, name="adjust-points"),
    path("regrades/<int:regrade>/", reviews.show_regrade, name="regrade"),
    path("regrades/<int:regrade>/confirm", reviews.confirm_regrade, name="confirm-regrade"),
    path("regrades/<int:regrade>/drop", reviews.drop_regrade, name="drop-regrade"),
    path("help/", pages.show_help, name="help"),
    path("healthz", health.show_health, name="health"),
    path("accounts/login/", account_views.login, name="account_login"),
    path("accounts/logout/", account_views.logout, name="account_logout"),
    path("accounts/inactive/", account_views.account_inactive, name="account_inactive"),
    path("accounts/password/change/", account_views.password_change, name="account_change_password"),
    path("admin/", admin.site.urls),
]

handler403 = pages.refuse
handler404 = pages.not_found
handler500 = pages.fail
