from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "inventory.documents"

    def ready(self):
        from inventory import hooks
        from inventory.documents import filters, links, missing, panel, sentences

        hooks.after_write.append(links.enter)
        hooks.after_forgetting.append(links.forget)
        hooks.hanging.append(links.hanging)
        hooks.filters.append(filters.of_register)
        hooks.computed.append(missing.column_of)
        hooks.panels.append(panel.panel)
        hooks.sentences.append(sentences.SENTENCES)
