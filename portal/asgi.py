"""The portal's web side, for an ASGI server: pages, and the websocket of a lab."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - these need Django to be set up
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import path  # noqa: E402

from portal.labs.consumer import LabConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": AllowedHostsOriginValidator(
            # No more than the session: the consumer itself asks who that is, again and again.
            SessionMiddlewareStack(URLRouter([path("ws/labs/<int:lab>/", LabConsumer.as_asgi())]))
        ),
    }
)
