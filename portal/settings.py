"""Django's settings. Everything has a default, and runs with it; what can be set in the environment stands in the first
part, and is read by `portal.environment`."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from portal import environment, logs, versions
from protocols.sandbox.layers import LAYERS, NEEDED

BASE = Path(__file__).resolve().parent.parent

# What can be set

VAR = environment.read_folder("LENTIL_VAR", BASE / "var")  # all state
(VAR / "log").mkdir(mode=0o700, exist_ok=True)
DATABASES = {"default": environment.read_database("DATABASE_URL", VAR / "lentil.sqlite3")}
REDIS_URL = environment.read_redis("REDIS_URL", VAR / "redis.sock")
PORT = environment.read_port("PORT", 8000)
# Loopback's names always: `make run` asks there whether the portal is healthy
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *environment.read_names("LENTIL_HOSTS")]
DEMO = environment.read_flag("LENTIL_DEMO")  # demo accounts exist, and can sign in
# Sandbox layers that the operator does without
SANDBOX_OFF = frozenset(environment.read_names("LENTIL_SANDBOX_OFF", known=LAYERS - NEEDED))

# Django

DEBUG = False
SECRET_KEY = environment.keep_secret(VAR / "secret_key")
ROOT_URLCONF = "portal.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "portal.accounts",
    "portal.courses",
    "portal.worlds",
    "portal.labs",
    "portal.exercises",
]
MIDDLEWARE = [
    "portal.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.page_context",
            ]
        },
    }
]
# In the database, which is there whenever the portal is: sign-in keeps its rate limits here, and needs no Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# All files of one version are in one folder, so a browser keeps them and need not ask again; ES modules import each
# other by name, and none is older than the others. A file that was changed is seen when the web server starts again.
STATIC_URL = f"/static/{versions.find_version(BASE / 'static')}/"
STATICFILES_DIRS = [BASE / "static"]
WHITENOISE_USE_FINDERS = True  # served from where they lie: there is no collecting step
WHITENOISE_IMMUTABLE_FILE_TEST = versions.is_immutable

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # allauth wants it said; there is no sign-up page
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = True
# A whole class signs in within a minute, from one address; an account's own password is guessed at five times.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/5m/key"}

# What a page may do: nothing but what comes from here.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],  # the nonce only of a page that asks for one: the editor makes its own styles
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "portal.pages.refuse_csrf"

# Tasks

CELERY_BROKER_URL = environment.to_broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be away for as long as it takes
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

LOGGING = logs.to_files(VAR / "log" / "portal.log")
