from shop.connectors.file_drop.connector import FileDrop

CONNECTOR = FileDrop()
