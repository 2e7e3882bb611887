"""Addresses of version 1, below /api/v1/. They end without a slash."""

from django.urls import path

from predictor.api import feedback_views, reading_views, token_views, version_views, views
from predictor.request_limits import MAX_BATCH_BYTES, takes_up_to

app_name = "api"

urlpatterns = [
    path("", views.RootView.as_view(), name="root"),
    path("predict", views.PredictView.as_view(), name="predict"),
    path("predict/batch", takes_up_to(MAX_BATCH_BYTES)(views.BatchView.as_view()), name="predict_batch"),
    path("read", reading_views.ReadView.as_view(), name="read"),
    path("feedback", feedback_views.FeedbackView.as_view(), name="feedback"),
    path("models", views.ModelListView.as_view(), name="models"),
    path("models/<slug:name>", views.ModelView.as_view(), name="model"),
    path("models/<slug:name>/versions/<str:version>", views.ModelVersionView.as_view(), name="model_version"),
    path(
        "models/<slug:name>/versions/<str:version>/predict",
        views.VersionPredictView.as_view(),
        name="model_version_predict",
    ),
    path("models/<slug:name>/versions", version_views.VersionsView.as_view(), name="model_versions"),
    path("models/<slug:name>/activate", version_views.ActivateView.as_view(), name="activate"),
    path("models/<slug:name>/rollback", version_views.RollBackView.as_view(), name="rollback"),
    path("models/<slug:name>/canary", version_views.CanaryView.as_view(), name="canary"),
    path("models/<slug:name>/shadow", version_views.ShadowView.as_view(), name="shadow"),
    path("token", token_views.TokenView.as_view(), name="token"),
    path("tokens", token_views.TokenListView.as_view(), name="tokens"),
    path("tokens/<slug:public_id>", token_views.TokenDetailView.as_view(), name="token_detail"),
    path("tokens/<slug:public_id>/rotate", token_views.TokenRotateView.as_view(), name="token_rotate"),
]
