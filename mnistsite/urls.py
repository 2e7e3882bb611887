"""Every address of the site. Pages end in a slash, addresses for programs do not."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from django.views.i18n import set_language

from predictor.api.openapi.views import SchemaView, docs
from predictor.api.views import PredictView
from predictor.health import healthz, readyz
from predictor.inference_protocol.views import ServerView
from predictor.metrics.views import MetricsView
from predictor.pages.preferences import set_theme

# Lazy: commands run before the static files are collected, and so before the icon has its final name.
ICON = lazy(staticfiles_storage.url, str)("predictor/icon.svg")

urlpatterns = [
    path("", include("predictor.urls")),
    path("accounts/login/", LoginView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("theme/", set_theme, name="set_theme"),
    path("api/v1/", include("predictor.api.urls")),
    # The Open Inference Protocol; its specification writes the root both ways, and nothing may redirect.
    path("v2", ServerView.as_view()),
    path("v2/", include("predictor.inference_protocol.urls")),
    path("api/schema/", SchemaView.as_view(), name="api_schema"),
    path("api/docs/", docs, name="api_docs"),
    # The classic address: curl -F file=@7.png HOST/predict
    path("predict", PredictView.as_view(), name="predict"),
    path("admin/", admin.site.urls),
    # Where a page names no icon of its own, as in the admin, browsers ask here.
    path("favicon.ico", RedirectView.as_view(url=ICON)),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", MetricsView.as_view(), name="metrics"),
]

handler400 = "predictor.error_responses.bad_request"
handler403 = "predictor.error_responses.permission_denied"
handler404 = "predictor.error_responses.page_not_found"
handler500 = "predictor.error_responses.server_error"
