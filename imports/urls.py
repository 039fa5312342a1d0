from django.urls import path

from imports.pages import after_views, bulk, export_views, meaning_views, views
from inventory.pages import converters  # noqa: F401

urlpatterns = [
    path("<register:register>/import/", views.upload, name="register-import"),
    path("<register:register>/bulk/", bulk.edit, name="register-bulk"),
    path("<register:register>/export/", export_views.as_file, name="register-export"),
    path("<register:register>/export/choose/", export_views.choose, name="register-export-choose"),
    path("<register:register>/template/", export_views.template, name="register-template"),
    path("exports/", export_views.own_exports, name="exports"),
    path("exports/progress/", export_views.progress, name="exports-progress"),
    path("exports/<int:pk>/file/", export_views.file, name="export-file"),
    path("exports/<int:pk>/cancel/", export_views.cancel, name="export-cancel"),
    path("imports/", views.batch_list, name="batches"),
    path("imports/<int:pk>/", views.batch, name="import-batch"),
    path("imports/<int:pk>/progress/", views.progress, name="import-progress"),
    path("imports/<int:pk>/check/", views.recheck, name="import-check"),
    path("imports/<int:pk>/again/", views.again, name="import-again"),
    path("imports/<int:pk>/later/", views.decide_later, name="import-later"),
    path("imports/<int:pk>/meanings/", meaning_views.answer, name="import-answer"),
    path("imports/<int:pk>/fill-down/", meaning_views.fill_down, name="import-fill-down"),
    path("imports/<int:pk>/fill-all/", views.fill_all, name="import-fill-all"),
    path("imports/<int:pk>/profile/", meaning_views.use_profile, name="import-use-profile"),
    path("imports/<int:pk>/profile/save/", meaning_views.keep_profile, name="import-keep-profile"),
    path("imports/remembered/", meaning_views.remembered, name="import-remembered"),
    path("imports/remembered/<int:pk>/forget/", meaning_views.forget, name="import-forget"),
    path("imports/profiles/take/", meaning_views.take_profile, name="import-take-profile"),
    path("imports/profiles/<int:pk>/", meaning_views.profile_file, name="import-profile"),
    path("imports/profiles/<int:pk>/delete/", meaning_views.delete_profile, name="import-profile-delete"),
    path("imports/<int:pk>/apply/", views.apply, name="import-apply"),
    path("imports/<int:pk>/cancel/", views.cancel, name="import-cancel"),
    path("imports/<int:pk>/drop/", views.drop, name="import-drop"),
    path("imports/<int:pk>/undo/", after_views.undo, name="import-undo"),
    path("imports/<int:pk>/file/", after_views.original, name="import-file"),
    path("imports/<int:pk>/preview/", after_views.preview_file, name="import-preview"),
    path("imports/<int:pk>/refused/", after_views.refused_file, name="import-refused"),
]
