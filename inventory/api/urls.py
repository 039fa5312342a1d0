from django.urls import path

from inventory.api import document_views, schema_views, token_views, views
from inventory.pages import converters  # noqa: F401 - knows <register:register>

urlpatterns = [
    path("account/tokens/", token_views.tokens, name="tokens"),
    path("account/tokens/new/", token_views.new, name="token-new"),
    path("account/tokens/<int:pk>/revoke/", token_views.revoke, name="token-revoke"),
    path("api/docs/", schema_views.docs, name="api-docs"),
    path("api/schema/", schema_views.Schema.as_view(), name="api-schema"),
    path("api/v1/", views.Root.as_view(), name="api"),
    path("api/v1/<register:register>/", views.Rows.as_view(), name="api-list"),
    path("api/v1/<register:register>/totals/", views.Totals.as_view(), name="api-totals"),
    path("api/v1/<register:register>/<int:pk>/", views.One.as_view(), name="api-detail"),
    path("api/v1/<register:register>/<int:pk>/history/", views.History.as_view(), name="api-history"),
    path("api/v1/<register:register>/<int:pk>/steps/<slug:step>/", views.Step.as_view(), name="api-step"),
    path("api/v1/<register:register>/<int:pk>/file/", document_views.File.as_view(), name="api-file"),
    path("api/v1/<register:register>/<int:pk>/documents/", document_views.Documents.as_view(), name="api-documents"),
    path(
        "api/v1/<register:register>/<int:pk>/documents/<int:document>/file/",
        document_views.RowsFile.as_view(),
        name="api-file",
    ),
    path("api/<path:_rest>", views.Unknown.as_view(), name="api-unknown"),
]
