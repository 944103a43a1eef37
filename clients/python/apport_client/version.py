"""Which version of the client this is; the API it speaks is /api/v1/."""

VERSION = "1.0.0"
