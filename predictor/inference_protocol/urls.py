"""Addresses of the Open Inference Protocol, below /v2/. They end without a slash and none redirects."""

from django.conf import settings
from django.urls import path

from predictor.inference_protocol import views
from predictor.request_limits import takes_up_to

app_name = "inference_protocol"

infer = takes_up_to(settings.MAX_INFERENCE_BYTES)(views.InferView.as_view())
model = views.ModelView.as_view()
model_ready = views.ModelReadyView.as_view()

urlpatterns = [
    path("", views.ServerView.as_view(), name="server"),
    path("health/live", views.LiveView.as_view(), name="live"),
    path("health/ready", views.ReadyView.as_view(), name="ready"),
    path("models", views.ModelListView.as_view(), name="models"),
    path("models/<slug:name>", model, name="model"),
    path("models/<slug:name>/ready", model_ready, name="model_ready"),
    path("models/<slug:name>/infer", infer, name="infer"),
    path("models/<slug:name>/versions/<str:version>", model, name="model_version"),
    path("models/<slug:name>/versions/<str:version>/ready", model_ready, name="model_version_ready"),
    path("models/<slug:name>/versions/<str:version>/infer", infer, name="model_version_infer"),
    path("repository/models/<slug:name>/load", views.LoadView.as_view(), name="repository_load"),
    path("repository/models/<slug:name>/unload", views.UnloadView.as_view(), name="repository_unload"),
    path("repository/index", views.RepositoryIndexView.as_view(), name="repository_index"),
]
