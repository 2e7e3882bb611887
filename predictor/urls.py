"""Addresses of the pages."""

from django.urls import path

from predictor.pages import compare, draw, feedback, models, tokens, upload

app_name = "predictor"

urlpatterns = [
    path("", draw.draw, name="draw"),
    path("upload/", upload.upload, name="upload"),
    path("compare/", compare.compare, name="compare"),
    path("feedback/", feedback.keep, name="feedback"),
    path("feedback/take-back/", feedback.take_back, name="take_back_feedback"),
    path("models/", models.model_list, name="model_list"),
    path("models/<slug:name>/", models.model_card, name="model_card"),
    path("models/<slug:name>/card/<str:file>", models.model_picture, name="model_picture"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<slug:public_id>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("tokens/<slug:public_id>/rotate/", tokens.rotate, name="rotate_token"),
]
