"""The symbols of ``static/icons/sprite.svg``, a subset of Lucide; ``{% icon %}`` knows no other."""

ICONS = frozenset(
    {
        "archive", "arrow-down", "arrow-left", "arrow-right", "arrow-up", "ban", "banknote",
        "bell", "calendar", "chart-column", "check", "chevron-down", "chevron-left",
        "chevron-right", "circle-alert", "circle-check", "circle-dashed", "circle-help",
        "circle-x", "clipboard-check", "clock", "copy", "download", "ellipsis", "external-link",
        "eye", "file-text", "funnel", "globe", "hourglass", "house", "inbox", "info",
        "landmark", "link", "lock", "log-out", "mail", "menu", "message-square", "monitor",
        "moon", "package", "pause", "pencil", "plus", "qr-code", "receipt", "refresh-cw",
        "search", "send", "settings", "shield-check", "shopping-bag", "sun", "tag", "trash-2",
        "triangle-alert", "undo-2", "upload", "user", "users", "wallet", "x",
    }
)  # fmt: skip
